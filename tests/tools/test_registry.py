"""The tools as a model sees them."""

from prompts import tool_descriptions
from tools.registry import all_tools


def test_every_tool_is_described_in_prompts_and_no_other() -> None:
    assert {tool.name for tool in all_tools()} == set(tool_descriptions())


def test_the_model_sees_described_arguments_and_nothing_of_the_context() -> None:
    for tool in all_tools():
        schema = tool.tool_call_schema.model_json_schema()  # type: ignore[union-attr]
        described = tool_descriptions()[tool.name]["arguments"]
        assert set(schema["properties"]) == set(described), tool.name
        for name, argument in schema["properties"].items():
            assert argument["description"] == described[name]


def test_words_about_time_are_passed_on_as_words() -> None:
    create = next(tool for tool in all_tools() if tool.name == "create_task")
    schema = create.tool_call_schema.model_json_schema()  # type: ignore[union-attr]
    assert schema["properties"]["when"]["type"] == "string"
    assert "own words" in schema["properties"]["when"]["description"]
