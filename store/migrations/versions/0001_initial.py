"""What the store remembers at first"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql
revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('heartbeats',
    sa.Column('worker', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('host', sqlmodel.sql.sqltypes.AutoString(length=255), nullable=False),
    sa.Column('pid', sa.Integer(), nullable=False),
    sa.Column('started_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('beat_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('every_seconds', sa.Float(), nullable=False),
    sa.Column('ended_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('worker', name=op.f('pk_heartbeats'))
    )
    with op.batch_alter_table('heartbeats', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_heartbeats_beat_at'), ['beat_at'], unique=False)

    op.create_table('prunings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('ended_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('keep_days', sa.Integer(), nullable=True),
    sa.Column('keep_runs', sa.Integer(), nullable=True),
    sa.Column('archive', sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=True),
    sa.Column('runs', sa.Integer(), nullable=False),
    sa.Column('events', sa.Integer(), nullable=False),
    sa.Column('messages', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_prunings'))
    )
    with op.batch_alter_table('prunings', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_prunings_at'), ['at'], unique=False)

    op.create_table('users',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('is_admin', sa.Boolean(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_users')),
    sa.UniqueConstraint('name', name=op.f('uq_users_name'))
    )
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_users_is_active'), ['is_active'], unique=False)

    op.create_table('ai_usage',
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('period', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
    sa.Column('tokens', sa.Integer(), nullable=False),
    sa.Column('cost', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_ai_usage_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'period', name=op.f('pk_ai_usage'))
    )
    op.create_table('audit_log',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=False),
    sa.Column('via', sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
    sa.Column('change_set', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('action', sqlmodel.sql.sqltypes.AutoString(length=50), nullable=False),
    sa.Column('entity', sqlmodel.sql.sqltypes.AutoString(length=50), nullable=False),
    sa.Column('entity_id', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('before', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql'), nullable=True),
    sa.Column('after', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql'), nullable=True),
    sa.Column('undone_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['actor_id'], ['users.id'], name=op.f('fk_audit_log_actor_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_log'))
    )
    with op.batch_alter_table('audit_log', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_log_at'), ['at'], unique=False)
        batch_op.create_index('ix_audit_log_breath', ['actor_id', 'change_set', 'undone_at'], unique=False)
        batch_op.create_index('ix_audit_log_entity', ['entity', 'entity_id'], unique=False)
        batch_op.create_index('ix_audit_log_undo', ['actor_id', 'undone_at', 'id'], unique=False)

    op.create_table('events',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('data', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql'), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['users.id'], name=op.f('fk_events_owner_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_events')),
    sa.UniqueConstraint('owner_id', 'name', 'key', name=op.f('uq_events_owner_id_name_key'))
    )
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_events_owner_id'), ['owner_id'], unique=False)

    op.create_table('facts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_facts_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_facts')),
    sa.UniqueConstraint('user_id', 'text', name=op.f('uq_facts_user_id_text'))
    )
    op.create_table('identities',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('provider', sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
    sa.Column('external_id', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_identities_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identities')),
    sa.UniqueConstraint('provider', 'external_id', name=op.f('uq_identities_provider_external_id'))
    )
    with op.batch_alter_table('identities', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_identities_user_id'), ['user_id'], unique=False)

    op.create_table('user_preferences',
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('timezone', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    sa.Column('default_time', sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
    sa.Column('day_first', sa.Boolean(), nullable=True),
    sa.Column('quiet_hours', sqlmodel.sql.sqltypes.AutoString(length=11), nullable=True),
    sa.Column('digest_at', sqlmodel.sql.sqltypes.AutoString(length=5), nullable=True),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=True),
    sa.Column('updated_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_user_preferences_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_user_preferences'))
    )
    op.create_table('workflows',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['users.id'], name=op.f('fk_workflows_owner_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_workflows')),
    sa.UniqueConstraint('owner_id', 'name', name=op.f('uq_workflows_owner_id_name'))
    )
    with op.batch_alter_table('workflows', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_workflows_owner_id'), ['owner_id'], unique=False)

    op.create_table('tasks',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('description', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('type', sa.Enum('reminder', 'data_process', 'query', 'ai_execution', 'ai_orchestrated', name='type', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('timezone', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('schedule_cron', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
    sa.Column('schedule_interval', sa.Float(), nullable=True),
    sa.Column('schedule_anchor', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('schedule_rrule', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('schedule_dtstart', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True),
    sa.Column('schedule_once', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('schedule_start', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('schedule_until', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('max_runs', sa.Integer(), nullable=True),
    sa.Column('except_dates', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql'), nullable=False),
    sa.Column('schedule_words', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('next_run_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('last_run_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('run_count', sa.Integer(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('pause_note', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('action_type', sqlmodel.sql.sqltypes.AutoString(length=50), nullable=False),
    sa.Column('action_payload', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql'), nullable=False),
    sa.Column('timeout_seconds', sa.Float(), nullable=False),
    sa.Column('max_retries', sa.Integer(), nullable=False),
    sa.Column('retry_delay_seconds', sa.Float(), nullable=False),
    sa.Column('retry_backoff', sa.Float(), nullable=False),
    sa.Column('retry_jitter', sa.Float(), nullable=False),
    sa.Column('catch_up', sa.Enum('skip', 'once', 'all', name='catch_up', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('catch_up_window_seconds', sa.Float(), nullable=True),
    sa.Column('overlap', sa.Enum('skip', 'queue', 'allow', 'cancel_other', name='overlap', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('max_parallel', sa.Integer(), nullable=True),
    sa.Column('on_crash', sa.Enum('retry', 'fail', name='on_crash', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('jitter_seconds', sa.Float(), nullable=False),
    sa.Column('quiet_hours', sqlmodel.sql.sqltypes.AutoString(length=11), nullable=True),
    sa.Column('condition', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql'), nullable=True),
    sa.Column('condition_held', sa.Boolean(), nullable=True),
    sa.Column('join', sa.Enum('all', 'any', name='join', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('event_mode', sa.Enum('also', 'instead', name='event_mode', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('pause_after_failures', sa.Integer(), nullable=True),
    sa.Column('failures_in_a_row', sa.Integer(), nullable=False),
    sa.Column('notify_on', sa.Enum('all', 'failure', 'digest', 'never', name='notify_on', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=True),
    sa.Column('workflow_id', sa.Integer(), nullable=True),
    sa.Column('idempotency_key', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=False),
    sa.Column('last_modified_by', sa.Uuid(), nullable=False),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('updated_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('deleted_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['created_by'], ['users.id'], name=op.f('fk_tasks_created_by_users')),
    sa.ForeignKeyConstraint(['last_modified_by'], ['users.id'], name=op.f('fk_tasks_last_modified_by_users')),
    sa.ForeignKeyConstraint(['owner_id'], ['users.id'], name=op.f('fk_tasks_owner_id_users')),
    sa.ForeignKeyConstraint(['workflow_id'], ['workflows.id'], name=op.f('fk_tasks_workflow_id_workflows')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tasks')),
    sa.UniqueConstraint('owner_id', 'idempotency_key', name=op.f('uq_tasks_owner_id_idempotency_key'))
    )
    with op.batch_alter_table('tasks', schema=None) as batch_op:
        batch_op.create_index('ix_tasks_due', ['is_active', 'next_run_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_tasks_owner_id'), ['owner_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_tasks_workflow_id'), ['workflow_id'], unique=False)

    op.create_table('pruned_runs',
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('status', sa.Enum('pending', 'waiting', 'running', 'retrying', 'completed', 'failed', 'cancelled', 'skipped', 'blocked', 'missed', name='status', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('runs', sa.Integer(), nullable=False),
    sa.Column('slots', sa.Integer(), nullable=False),
    sa.Column('earliest', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('latest', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['task_id'], ['tasks.id'], name=op.f('fk_pruned_runs_task_id_tasks'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('task_id', 'status', name=op.f('pk_pruned_runs'))
    )
    op.create_table('task_dependencies',
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('depends_on_task_id', sa.Integer(), nullable=False),
    sa.Column('dependency_type', sa.Enum('success', 'completion', 'failure', name='dependency_type', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.ForeignKeyConstraint(['depends_on_task_id'], ['tasks.id'], name=op.f('fk_task_dependencies_depends_on_task_id_tasks'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['task_id'], ['tasks.id'], name=op.f('fk_task_dependencies_task_id_tasks'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('task_id', 'depends_on_task_id', name=op.f('pk_task_dependencies'))
    )
    with op.batch_alter_table('task_dependencies', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_task_dependencies_depends_on_task_id'), ['depends_on_task_id'], unique=False)

    op.create_table('task_event_triggers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('event_name', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('filter', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql'), nullable=True),
    sa.Column('path', sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=True),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['task_id'], ['tasks.id'], name=op.f('fk_task_event_triggers_task_id_tasks'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task_event_triggers'))
    )
    with op.batch_alter_table('task_event_triggers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_task_event_triggers_event_name'), ['event_name'], unique=False)
        batch_op.create_index(batch_op.f('ix_task_event_triggers_task_id'), ['task_id'], unique=False)

    op.create_table('task_permissions',
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('permission', sa.Enum('view', 'edit', name='permission', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.ForeignKeyConstraint(['task_id'], ['tasks.id'], name=op.f('fk_task_permissions_task_id_tasks'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_task_permissions_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('task_id', 'user_id', name=op.f('pk_task_permissions'))
    )
    with op.batch_alter_table('task_permissions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_task_permissions_user_id'), ['user_id'], unique=False)

    op.create_table('task_runs',
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('workflow_run_id', sa.Integer(), nullable=True),
    sa.Column('event_id', sa.Integer(), nullable=True),
    sa.Column('scheduled_time', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('available_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('start_time', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('end_time', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('status', sa.Enum('pending', 'waiting', 'running', 'retrying', 'completed', 'failed', 'cancelled', 'skipped', 'blocked', 'missed', name='status', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('triggered_by', sa.Enum('schedule', 'catch_up', 'dependency', 'event', 'manual', 'backfill', name='triggered_by', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('log', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('log_ref', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('error_message', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('result', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql'), nullable=True),
    sa.Column('lease_owner', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=True),
    sa.Column('lease_expires_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_task_runs_event_id_events'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['task_id'], ['tasks.id'], name=op.f('fk_task_runs_task_id_tasks'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', name=op.f('pk_task_runs'))
    )
    with op.batch_alter_table('task_runs', schema=None) as batch_op:
        batch_op.create_index('ix_task_runs_event_id', ['event_id'], unique=False, sqlite_where=sa.text('event_id IS NOT NULL'), postgresql_where=sa.text('event_id IS NOT NULL'))
        batch_op.create_index('ix_task_runs_history', ['task_id', 'start_time'], unique=False)
        batch_op.create_index('ix_task_runs_start', ['start_time'], unique=False)
        batch_op.create_index('ix_task_runs_status', ['status', 'available_at'], unique=False)
        batch_op.create_index('ix_task_runs_workflow_run_id', ['workflow_run_id'], unique=False, sqlite_where=sa.text('workflow_run_id IS NOT NULL'), postgresql_where=sa.text('workflow_run_id IS NOT NULL'))
        batch_op.create_index('uq_task_runs_event', ['task_id', 'event_id'], unique=True, sqlite_where=sa.text('event_id IS NOT NULL'), postgresql_where=sa.text('event_id IS NOT NULL'))
        batch_op.create_index('uq_task_runs_occurrence', ['task_id', 'scheduled_time'], unique=True, sqlite_where=sa.text("triggered_by IN ('schedule', 'catch_up', 'backfill')"), postgresql_where=sa.text("triggered_by IN ('schedule', 'catch_up', 'backfill')"))
        batch_op.create_index('uq_task_runs_workflow', ['task_id', 'workflow_run_id'], unique=True, sqlite_where=sa.text('workflow_run_id IS NOT NULL'), postgresql_where=sa.text('workflow_run_id IS NOT NULL'))

    op.create_table('ai_runs',
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('root_run_id', sa.Integer(), nullable=False),
    sa.Column('depth', sa.Integer(), nullable=False),
    sa.Column('tainted', sa.Boolean(), nullable=False),
    sa.Column('waits', sa.Integer(), nullable=False),
    sa.Column('plan', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql'), nullable=False),
    sa.Column('remembered', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['root_run_id'], ['task_runs.run_id'], name=op.f('fk_ai_runs_root_run_id_task_runs'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run_id'], ['task_runs.run_id'], name=op.f('fk_ai_runs_run_id_task_runs'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', name=op.f('pk_ai_runs'))
    )
    with op.batch_alter_table('ai_runs', schema=None) as batch_op:
        batch_op.create_index('ix_ai_runs_remembered', ['run_id'], unique=False, sqlite_where=sa.text('remembered'), postgresql_where=sa.text('remembered'))
        batch_op.create_index(batch_op.f('ix_ai_runs_root_run_id'), ['root_run_id'], unique=False)

    op.create_table('ai_subtasks',
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('parent_run_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['parent_run_id'], ['task_runs.run_id'], name=op.f('fk_ai_subtasks_parent_run_id_task_runs'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['task_id'], ['tasks.id'], name=op.f('fk_ai_subtasks_task_id_tasks'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('task_id', name=op.f('pk_ai_subtasks'))
    )
    with op.batch_alter_table('ai_subtasks', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ai_subtasks_parent_run_id'), ['parent_run_id'], unique=False)

    op.create_table('approvals',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('call_id', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('tool', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('arguments', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql'), nullable=False),
    sa.Column('edited', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql'), nullable=True),
    sa.Column('why', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('status', sa.Enum('pending', 'approved', 'refused', 'expired', 'withdrawn', name='status', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('expires_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('note', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('used_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['decided_by'], ['users.id'], name=op.f('fk_approvals_decided_by_users')),
    sa.ForeignKeyConstraint(['owner_id'], ['users.id'], name=op.f('fk_approvals_owner_id_users'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run_id'], ['task_runs.run_id'], name=op.f('fk_approvals_run_id_task_runs'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_approvals')),
    sa.UniqueConstraint('run_id', 'call_id', name=op.f('uq_approvals_run_id_call_id'))
    )
    with op.batch_alter_table('approvals', schema=None) as batch_op:
        batch_op.create_index('ix_approvals_open', ['owner_id', 'status'], unique=False)

    op.create_table('budgets',
    sa.Column('root_run_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('deadline', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('seconds', sa.Integer(), nullable=False),
    sa.Column('depth', sa.Integer(), nullable=False),
    sa.Column('steps', sa.Integer(), nullable=False),
    sa.Column('subtasks_limit', sa.Integer(), nullable=False),
    sa.Column('subtasks_spent', sa.Integer(), nullable=False),
    sa.Column('entries_limit', sa.Integer(), nullable=False),
    sa.Column('entries_spent', sa.Integer(), nullable=False),
    sa.Column('calls_limit', sa.Integer(), nullable=False),
    sa.Column('calls_spent', sa.Integer(), nullable=False),
    sa.Column('tokens_limit', sa.Integer(), nullable=False),
    sa.Column('tokens_spent', sa.Integer(), nullable=False),
    sa.Column('cost_limit', sa.Integer(), nullable=False),
    sa.Column('cost_spent', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['root_run_id'], ['task_runs.run_id'], name=op.f('fk_budgets_root_run_id_task_runs'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_budgets_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('root_run_id', name=op.f('pk_budgets'))
    )
    with op.batch_alter_table('budgets', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_budgets_user_id'), ['user_id'], unique=False)

    op.create_table('deliveries',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=True),
    sa.Column('run_id', sa.Integer(), nullable=True),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('status', sa.Enum('pending', 'sending', 'sent', 'failed', 'collected', 'folded', name='status', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('available_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('claimed_by', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=True),
    sa.Column('claimed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('sent_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('acknowledged_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('error', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.ForeignKeyConstraint(['run_id'], ['task_runs.run_id'], name=op.f('fk_deliveries_run_id_task_runs'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['task_id'], ['tasks.id'], name=op.f('fk_deliveries_task_id_tasks'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_deliveries_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deliveries')),
    sa.UniqueConstraint('run_id', 'kind', name=op.f('uq_deliveries_run_id_kind'))
    )
    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.create_index('ix_deliveries_due', ['status', 'available_at'], unique=False)
        batch_op.create_index('ix_deliveries_open', ['user_id', 'status'], unique=False)

    op.create_table('run_transitions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('from_status', sa.Enum('pending', 'waiting', 'running', 'retrying', 'completed', 'failed', 'cancelled', 'skipped', 'blocked', 'missed', name='from_status', native_enum=False, create_constraint=True, length=20), nullable=True),
    sa.Column('to_status', sa.Enum('pending', 'waiting', 'running', 'retrying', 'completed', 'failed', 'cancelled', 'skipped', 'blocked', 'missed', name='to_status', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.ForeignKeyConstraint(['run_id'], ['task_runs.run_id'], name=op.f('fk_run_transitions_run_id_task_runs'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_run_transitions'))
    )
    with op.batch_alter_table('run_transitions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_run_transitions_run_id'), ['run_id'], unique=False)

    op.create_table('transcripts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=50), nullable=False),
    sa.Column('request', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql'), nullable=False),
    sa.Column('response', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql'), nullable=True),
    sa.ForeignKeyConstraint(['run_id'], ['task_runs.run_id'], name=op.f('fk_transcripts_run_id_task_runs'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transcripts'))
    )
    with op.batch_alter_table('transcripts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_transcripts_run_id'), ['run_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('transcripts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_transcripts_run_id'))

    op.drop_table('transcripts')
    with op.batch_alter_table('run_transitions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_run_transitions_run_id'))

    op.drop_table('run_transitions')
    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.drop_index('ix_deliveries_open')
        batch_op.drop_index('ix_deliveries_due')

    op.drop_table('deliveries')
    with op.batch_alter_table('budgets', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_budgets_user_id'))

    op.drop_table('budgets')
    with op.batch_alter_table('approvals', schema=None) as batch_op:
        batch_op.drop_index('ix_approvals_open')

    op.drop_table('approvals')
    with op.batch_alter_table('ai_subtasks', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ai_subtasks_parent_run_id'))

    op.drop_table('ai_subtasks')
    with op.batch_alter_table('ai_runs', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ai_runs_root_run_id'))
        batch_op.drop_index('ix_ai_runs_remembered', sqlite_where=sa.text('remembered'), postgresql_where=sa.text('remembered'))

    op.drop_table('ai_runs')
    with op.batch_alter_table('task_runs', schema=None) as batch_op:
        batch_op.drop_index('uq_task_runs_workflow', sqlite_where=sa.text('workflow_run_id IS NOT NULL'), postgresql_where=sa.text('workflow_run_id IS NOT NULL'))
        batch_op.drop_index('uq_task_runs_occurrence', sqlite_where=sa.text("triggered_by IN ('schedule', 'catch_up', 'backfill')"), postgresql_where=sa.text("triggered_by IN ('schedule', 'catch_up', 'backfill')"))
        batch_op.drop_index('uq_task_runs_event', sqlite_where=sa.text('event_id IS NOT NULL'), postgresql_where=sa.text('event_id IS NOT NULL'))
        batch_op.drop_index('ix_task_runs_workflow_run_id', sqlite_where=sa.text('workflow_run_id IS NOT NULL'), postgresql_where=sa.text('workflow_run_id IS NOT NULL'))
        batch_op.drop_index('ix_task_runs_status')
        batch_op.drop_index('ix_task_runs_start')
        batch_op.drop_index('ix_task_runs_history')
        batch_op.drop_index('ix_task_runs_event_id', sqlite_where=sa.text('event_id IS NOT NULL'), postgresql_where=sa.text('event_id IS NOT NULL'))

    op.drop_table('task_runs')
    with op.batch_alter_table('task_permissions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_task_permissions_user_id'))

    op.drop_table('task_permissions')
    with op.batch_alter_table('task_event_triggers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_task_event_triggers_task_id'))
        batch_op.drop_index(batch_op.f('ix_task_event_triggers_event_name'))

    op.drop_table('task_event_triggers')
    with op.batch_alter_table('task_dependencies', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_task_dependencies_depends_on_task_id'))

    op.drop_table('task_dependencies')
    op.drop_table('pruned_runs')
    with op.batch_alter_table('tasks', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_tasks_workflow_id'))
        batch_op.drop_index(batch_op.f('ix_tasks_owner_id'))
        batch_op.drop_index('ix_tasks_due')

    op.drop_table('tasks')
    with op.batch_alter_table('workflows', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_workflows_owner_id'))

    op.drop_table('workflows')
    op.drop_table('user_preferences')
    with op.batch_alter_table('identities', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_identities_user_id'))

    op.drop_table('identities')
    op.drop_table('facts')
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_events_owner_id'))

    op.drop_table('events')
    with op.batch_alter_table('audit_log', schema=None) as batch_op:
        batch_op.drop_index('ix_audit_log_undo')
        batch_op.drop_index('ix_audit_log_entity')
        batch_op.drop_index('ix_audit_log_breath')
        batch_op.drop_index(batch_op.f('ix_audit_log_at'))

    op.drop_table('audit_log')
    op.drop_table('ai_usage')
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_users_is_active'))

    op.drop_table('users')
    with op.batch_alter_table('prunings', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_prunings_at'))

    op.drop_table('prunings')
    with op.batch_alter_table('heartbeats', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_heartbeats_beat_at'))

    op.drop_table('heartbeats')
