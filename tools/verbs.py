"""Whether a title is something to do ("send the timesheet") or something to think of ("the dentist")."""

_IMPERATIVES = """
accept add adjust aim answer apologise apologize apply approve archive arrange ask assemble attend back bake be
beat begin bid bike blend block boil book borrow breathe bring brush build buy calculate call cancel change
charge chase check choose claim clean clear climb close collect come compare complete compost confirm
congratulate connect contact continue cook copy count cover create cut dance decide defrost delete deliver
deploy deposit design dig disable discuss do donate draft draw dress drink drive drop dry dust eat edit email
empty enable end enjoy enrol enroll exercise explain export extend feed fetch file fill find finish fix flip
floss fly focus fold follow freeze fry generate get give go grab greet groom grow hand hang harvest have head
hear help hide hire hit hold hoover hydrate import inform inspect install invest invite iron jog join journal
jump keep kick kiss knock know label launch lay learn leave lend let lift light listen load lock log look lose
mail make mark massage measure meditate meet merge message mop move mow mute note notify nudge open order
organise organize pack paint park pass pause pay peel pet phone pick ping plan plant play plug polish post
practice practise praise pray prepare present print process promise prune publish pull pump push put question
quit raise rake reach read rebase reboot recharge record recycle refill refrigerate refund register relax
release remember remind remove renew rent repair replace reply report request reschedule research reset respond
rest restart restock return review revise ring rinse rotate run save say scan schedule scrub see sell send serve
set sew shake share sharpen shave ship shop shovel show shower shred shut sign sing sit skip sleep slow smile
soak sort speak spend spray stand start stay steam stir stop store stretch study submit subscribe sweep swim
switch sync take talk teach tell test text thank think throw tidy tie top touch track trade train transfer
translate trim try turn type uninstall unload unlock unplug unsubscribe update upgrade upload use vacuum verify
visit vote wait wake walk warm wash watch water wear weed weigh wipe work worship wrap write
"""
_VERBS = frozenset(_IMPERATIVES.split())


def starts_with_verb(title: str) -> bool:
    """Whether the first word that counts is a verb in the imperative: "don't forget …" and "quickly call …" too."""
    for word in title.lower().replace("’", "'").split()[:2]:
        if word in _VERBS or word in ("don't", "not", "never"):
            return True
        if not word.endswith("ly"):
            return False
    return False
