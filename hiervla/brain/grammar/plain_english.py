"""English sentences put in the way that can be read: fillers, indirect questions, lists under a heading, what is not meant. Tried only on what could not be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_FILLERS = (
    r"you know(?: what)?|you see|like|see|kind of|sort of|kinda|sorta|basically|literally|honestly|actually|obviously|i guess|i think|i suppose|i believe|let me think|let me see|let's see"
    r"|yeah|yes|right|okay|ok|sure|well|um+|uh+|er+m?|hmm*|ah|oh|huh|so|so yeah|anyway|look|listen|alright|all right|at this point|if you will|as it were|how shall i say|how do you say|what do you call it|whatever"
)
_PUTS = "put|place|move|set|bring|take|grab|pick|stack|drop|get|lay|leave|keep|push|press|open|close|shut|turn|slide|line|build|make|sort|swap|stick|pop|shift|stow|toss|don't|do not"
_AT = "in|into|inside|on|onto|to|next|beside|behind|near|left|right|over|between|under|at|by|off|out"
_NP = r"(?:the|a|an|my|your|that|this|those|these|all|both|any|every)\b[\w' -]*?"
_ASKING = (
    r"(?:(?:can|could|would|will) you |please |pls |do |just )*(?:tell|show|remind|inform) (?:me|us)(?: again| please| quickly)?,? (?:about )?"
    r"|(?:do|would|did) you (?:happen to )?(?:know|remember|see|recall|have any idea|have an idea)(?: of)? |(?:any|got any) (?:idea|clue) "
    r"|i (?:was wondering|wonder|want to know|need to know|'?d like to know|would like to know|forgot|forget|can't remember|don't know|can't tell|can't see) "
    r"|i'd like to know |let me know |(?:please )?(?:check|see|look|find out|have a look|verify|look and see) (?:and see )?(?=if|whether)"
)
_KINDS = "things|stuff|tasks|jobs|tricks|skills|actions|chores|work|commands|requests|instructions|orders"
_BE = "is|are|was|were"
_FAR = r"(?:about |by )?((?:\d|an? |one|two|three|four|five|six|half)[\w. ]*?(?:cm|mm|centimet\w+|inch\w*|millimet\w+|bit|little))"

_NUMBERS = dict(zip(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], map(str, range(1, 11)), strict=True))  # fmt: skip

_SAID: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    # ---- what says nothing
    (rf"^(?:(?:{_FILLERS})(?:\s*[,.…!]+\s*|\s+(?=(?:could|can|would|please|just|{_PUTS}|what|where|how|which|is|are)\b)))+", ""),
    (rf"\s*,\s*(?:(?:{_FILLERS})\s*,\s*)+", " "),
    (rf"\b(and|then|so|but)\s+(?:{_FILLERS})\s*,\s*", r"\1 "),
    (r"(?<=[a-z])\s*[,.…-]*\s*(?:you know(?: what i mean)?|right|yeah|okay|ok|like|i guess|i think|i suppose|or something|or whatever|if you know what i mean|know what i mean|yes|no|huh|eh)\s*\?+$", ""),
    (r"(?:^|(?<=and )|(?<=so )|(?<=then ))i mean\s*,\s*", ""),
    (r"\s+(?:like|um+|uh+),?\s+(?=(?:the|a|an|that|this|my)\b)", " "),
    # ---- asked in a roundabout way
    (rf"^(?:{_ASKING})", ""),
    (r"^(?:if|whether) there(?: is|'s| are) ([^,.]+?)\s*[.?!]*$", r"is there \1?"),
    (rf"^(?:if|whether) ({_NP}|it|they|there) ({_BE}) ([^,.;]+?)\s*[.?!]*$", r"\2 \1 \3?"),
    (rf"^(where|what|who) ((?!{_BE}|did|do|does|has|have|can|could|'s)[\w' -]+?) (is|are|'s)(?: now| at| right now| again)?\s*[.?!]*$", r"\1 \3 \2?"),
    (r"^(how many [\w' -]+?) there (is|are)\b", r"\1 \2 there"),
    (rf"^(how far|how far away|how far apart) ((?!{_BE})[\w' -]+?) (is|are)\b", r"\1 \3 \2"),
    (rf"^(wh(?:at|ich) colou?r) ((?!{_BE})[\w' -]+?) (is|are)\s*[.?!]*$", r"\1 \3 \2?"),
    (r"^what(?:'s| is| are) the (colou?r)s? of ", r"what \1 is "),
    (r"^what(?:'s| is) ([\w' -]+?)'s (colou?r)\b", r"what \2 is \1"),
    (r"^(wh(?:at|ich)) colou?r'?s ", r"\1 color is "),
    (r"^(?:so |and |but |okay |ok |then )*where(?:'d| did| has| have) (?:you |we |i |they )?(?:just )?(?:put|leave|left|move|moved|stick|place|placed|hide|set|drop)\s+(.+?)\s*\??$", r"where is \1?"),
    (r"^(?:so |and |but |okay |ok |then )*where(?:'d| did| has| have) (.+?) (?:go|gone|went|end(?:ed)? up|w(?:ind|ound) up|get to|got to|gotten to|land(?:ed)?|disappear(?:ed)?(?: to)?|wander(?:ed)?(?: off)?(?: to)?|run off to|roll(?:ed)?(?: off)?(?: to)?)(?: to| now| then)?\s*\??$", r"where is \1?"),
    (r"^what (?:has )?happened to (.+?)\s*\??$", r"where is \1?"),
    (rf"^(?:did|have|has) (?:you|we|it|i) (?:already |just |really |actually )?(?:put|place|placed|move|moved|drop|dropped|stick|set|get|got) ((?:{_NP})|it) ((?:back )?(?:in|into|inside|on|onto)\b.+?)(?: yet| already| now)?\s*\??$", r"is \1 \2?"),
    (rf"^(?:did|has|have) ((?:{_NP})|it) (?:go|gone|end(?:ed)? up|land(?:ed)?|get|got|gotten|make it|made it|come to be) ((?:back )?(?:in|into|inside|on|onto)\b.+?)(?: yet| already| now)?\s*\??$", r"is \1 \2?"),
    (r"^(is|are) (.+?) (?:back )?into ", r"\1 \2 in "),
    (r"^(is|are) (.+?) onto ", r"\1 \2 on "),
    (rf"^(?:so |and |but |ok |okay )*what (?:(?:kind|kinds|sort|sorts|type|types|range)s? of |other |else |all |exactly )*(?:{_KINDS})?\s*(?:(?:can|could|do|would) you (?:actually |really |even |also )?(?:do|handle|perform|manage|help(?: me)?(?: out)? with|carry out|be able to do)|are you (?:able to do|capable of(?: doing)?|good at|for|programmed to do|made for|able to help with)|(?:do you|you) know how to do|can (?:i|we) (?:ask|tell|get|have|make) you (?:to do|for|do)|can (?:i|we) ask(?: of you| for| you)?)(?: for me| for us| here| around here| anyway| then| exactly)*\s*\??$", "what can you do?"),
    (r"^(?:what are|tell me|tell me about|list|name) (?:all )?(?:your|the) (?:abilities|capabilities|functions|features|talents|powers|options|things you can do)\s*[?.!]*$", "what can you do?"),
    (r"^(?:how can you help(?: me| us)?(?: today| here)?|what(?:'s| is) your (?:job|purpose|function)|who are you|what are you)\s*\??$", "what can you do?"),
    (r"^((?:is|are) there (?:any|still|any more|some)?[\w' -]*?) (?:left|remaining|still|left over)(?= (?:in|on|at)\b|\s*\?|$)", r"\1"),
    (r"^(?:so |and |ok |okay )*(?:what else|what other (?:things|stuff|objects)) (is|are|do you have|'s) ", r"what \1 "),
    (r"^(?:what about|how about) ((?:in|on|inside)\b.+?)\s*\??$", r"what is \1?"),
    (r"^what did i (?:just )?(?:ask|tell|say|want)(?: to)?(?: you)?(?: to do)?(?: just now| before| again)?\s*\??$", "what did i ask you to do?"),
    (r"^(?:what did you (?:just )?(?:put|move|place|pick up|take|grab|drop)\b.*|did you (?:just )?(?:move|touch|take|pick up|press|open|close)\b.*|what are you (?:doing|up to).*|have you (?:moved|touched|pressed|opened|closed)\b.*)$", "what did you do?"),
    (rf"^(is|are) ((?:the|my|that)\b[\w' -]+?) (?:{_AT})\b .+? or .+?\?*$", r"where \1 \2?"),
    (r"^(is|are) ((?:the|my|that)\b[\w' -]+?) (\w+)(?:, \w+)* or (\w+)\s*\?*$", r"what color \1 \2?"),
    (r"^what(?:'s| is) the (closest|nearest|farthest|furthest) (\w+) (to|from) (.+?)\s*\?*$", r"which \2 is \1 \3 \4?"),
    # ---- within reach
    (r"^can you (?:actually |even |still )?(?:reach|get to|get at|grab hold of|touch) (.+?)(?: from there| from here)?\s*\??$", r"is \1 within reach?"),
    (r"\b(?:you can|you could|you're able to|you are able to|it's possible to|you manage to|you can manage to) (?:reach|get to|get at) (it|them|[^,.;]+?)(?=\s*[,.;]|$)", r"\1 is within reach"),
    (r"\b(?:you can't|you cannot|you can not|you couldn't|you aren't able to|you're not able to|you are unable to|you're unable to) (?:reach|get to|get at) (it|them|[^,.;]+?)(?=\s*[,.;]|$)", r"\1 is out of reach"),
    (r"\b(?:your arm|the arm|the robot|your hand|the gripper) can reach (it|[^,.;]+?)(?=\s*[,.;]|$)", r"\1 is within reach"),
    (r"\bit's (?=within reach|in reach|reachable|out of reach|too far|unreachable|close enough)", "it is "),
    (r"\b(the [\w' -]+?)'s (?=within reach|in reach|reachable|out of reach|too far|unreachable|close enough)", r"\1 is "),
    (r"\bif you can(?=\s*[,.;]|$)(?!,? reach)", "if it is within reach"),
    (r"\bif you can't(?=\s*[,.;]|$)", "if it is out of reach"),
    # ---- conditions
    (r"^should (there|(?:the|my|your|that)\b[\w' -]*?|it) be (not )?", r"if \1 is \2"),
    (r"(?:^|(?<=[,;.] )|(?<= ))(?:in case|in the event(?: that)?|provided(?: that)?|assuming(?: that)?|so long as|supposing|given that) (?=(?:the|there|it|they|you|my|a)\b)", "if "),
    (r"\b(?:is|are) (full)\b", r"is not empty"),
    (r"\b(is|are)n't\b", r"\1 not"),
    (r"\b(not (?:open|closed|shut|empty)) (?:yet|already)\b", r"\1"),
    (r"^(?:please )?(?:make sure|ensure|be sure|see to it)(?: that)? (.+?) (?:is|are|gets) (?:all )?(?:closed|shut)(?: properly| all the way| tight)?\s*[.!]*$", r"close \1"),
    (r"^(?:please )?(?:make sure|ensure|be sure|see to it)(?: that)? (.+?) (?:is|are|gets) (?:wide )?open(?:ed)?\s*[.!]*$", r"open \1"),
    (rf"^(?:please )?(?:make sure|ensure|be sure|see to it)(?: that)? (.+?) (?:is|are|ends? up|gets? put|goes|go) ((?:{_AT})\b(?! reach).+)$", r"put \1 \2"),
    (
        rf"^((?:put|place|move|stack|drop|set) )((?:the|a|my) [\w' -]+?) ((?:{_AT}) (?:the|my|a) [\w' -]+?),? if (.+?)[,;.]+ ?(?:otherwise|if not|else)[, ]+(?:then )?(?:use |take |put |just )?((?:the|a|my) [\w' -]+?)(?: in(?:stead)?)?[.!]*$",
        lambda m: f"if {re.sub(r'^it(?= )', m[2], m[4])}, {m[1]}{m[2]} {m[3]}, otherwise {m[1]}{m[5]} {m[3]}",
    ),
    (r"^((?:open|close|shut) (the [\w' -]+?)(?: up)?),? if it(?:'s| is) not (open|closed|shut)[.!]*$", r"if \2 is not \3, \1"),
    (r"\bif (more than|at least|fewer than|less than|exactly|at most) (\w+) ([\w' -]+?) (?:is|are) ((?:in|on)\b)", r"if there are \1 \2 \3 \4"),
    (r",? but only (if|when)\b", r" only \1"),
    # ---- but, not, except
    (r"^(?:please )?(?:don't|do not) (?:put|place|move|drop|stick|set) ((?:the|my|that)\b[\w' -]+?) (?:in|on|into|onto|to|next to|beside)\b[^,.;]*[,.;]+ ?(?:but |just |instead,? |rather |please )*(put|place|move|drop|stick|set) it ", r"\2 \1 "),
    (r"^instead of (?:the|my) ([\w' -]+?), ((?:put|place|move|take|pick up|grab|use|stack|drop|push|press)\b.*)$", lambda m: re.sub(r"\bone\b", m[1].split()[-1], m[2], count=1)),
    (r",? (?:rather than|instead of|and not) (?:the|my) [\w' -]+?, (?=(?:in|on|into|onto|next|beside|behind)\b)", " "),
    (r"^(?:never mind|nevermind|forget(?: about)?|ignore|skip|don't bother with|don't worry about) ((?:the|my|that)\b[\w' -]+?)[,.;]+ (?:just |and |but )*", r"leave \1 alone. "),
    (r"\bkeep ((?:the|my|that)\b[^,.;]+?) (?:on the table|where it is|where they are|there|as it is|out of the [\w ]+?)(?=\s*[,.;!]|$)", r"leave \1 alone"),
    (rf",?\s*\bbut (?:please |just |also |do |then |you can |you may |first |instead )*(?=(?:{_PUTS})\b)", ", "),
    (rf"^((?:don't|do not|never) (?:touch|move|disturb) [^,.;]+?)[,;.]? (?:just |only |and )*((?:{_PUTS})\b)", r"\1. \2"),
    (r",\s*(?:and )?not (?:in|into|on|onto|to|inside) (?=(?:the|my|that|a)\b)", ", not "),
    (rf"^(.*?\b(?:{_PUTS})\s+(?:up )?(?:the|a|my) [\w' -]+?),\s*(?:and |but )?not ((?:the|a|my) [\w' -]+?),\s*((?:{_AT})\b.*?)[.!]*$", r"\1 \3, not \2"),
    (r",\s*all (?:of (?:them|those|these) )?(?=(?:except|but)\b)", ", "),
    (r",\s*(?:any|whichever|whatever) (?:one |of them )?(?:[\w' -]+? )??(?:but|except|other than|apart from|besides)(?: for)? (?=(?:the|my)\b)", ", but not "),
    (r"\bput away (?=[^,.;]*\b(?:in|into|inside)\b)", "put "),
    (r"\b(?:leave|keep) ((?:the|that|my|this)\b[^,.;]+?) (?:out(?: of (?:it|this|that))?|be)(?=\s*[,.;!]|$)", r"leave \1 alone"),
    # ---- comparison and count
    (r"\bthe (smaller|bigger|larger|smallest|biggest|largest|tallest|shortest|taller|shorter|longest|nearest|closest|leftmost|rightmost|furthest|farthest) (two|three|four|2|3|4) ", r"the \2 \1 "),
    (r"\b(two|three|four|five|\d+) more times\b", r"\1 times"),
    (r"\banother (two|three|four|\d+) times\b", r"\1 times"),
    # ---- how far
    (r"\b(one|two|three|four|five|six|seven|eight|nine|ten|1?\d) and a half (?=cm|mm|m\b|centi|milli|inch|met)", lambda m: f"{_NUMBERS.get(m[1].lower(), m[1])}.5 "),
    (r"\b(?:a|an|one) (cm|centimet\w+|inch) and a half\b", r"1.5 \1"),
    (r"\ba few (?=(?:cm|centimet\w+|inches|millimet\w+|mm)\b)", "3 "),
    (r"\ba couple (?=(?:cm|centimet\w+|inches|millimet\w+|mm)\b)", "2 "),
    (r"\b(?:over )?((?:to the )?(?:left|right))(?: just| only)?,? (a bit|a little|a little bit|a tad|a touch|slightly|a smidge)(?=\s*[,.;!]|$)", r"\2 \1"),
    # ---- formations
    (r"\b(in a (?:row|line)|up)[,:]? (?:the |with (?:the )?)?(\w+)(?: one)? first,? (?:and )?then (?:the )?(\w+)(?: one)?(?:,? (?:and )?then (?:the )?(\w+)(?: one)?)?(?=[.!]*$)", lambda m: f"{m[1]}: {', '.join(g for g in m.groups()[1:] if g)}"),
    (r",? (?:evenly spaced(?: out| apart)?|nice and straight|nicely spaced|neatly|nice and neat)(?=\s*[,.;!]|$)", ""),
    (r"^(?:lay|set|spread) ((?:the|all|my)\b[^,.;]+?) out (?=in a)", r"arrange \1 "),
    (r"\b(tower|stack|pile) (?:that is |that's )?(two|three|four|five|six|\d) ([\w]+) (?:high|tall)\b", r"\1 of \2 \3"),
    (r"^(.+?) (around (?:the|my) [\w' -]+?) in a (circle|ring)\b", r"\1 in a \3 \2"),
    (r"\b(red|blue|green|yellow|white|black|orange|purple|pink|brown)s\b", r"\1 ones"),
    (r"^do (?:these|this|the following|the following things|these things)(?: in (?:this |that )?order)?:\s*", ""),
    # ---- where
    (r"\b(?:to|into|onto) the (middle|center|centre) of ", r"in the \1 of "),
    (r"^((?:put|place|set|lay|move|stand|arrange) .+?),? side by side\b", r"\1 next to each other"),
    (r"\b(?:halfway|half way|midway|half-way|mid-way|exactly|directly|smack|smack dab|somewhere|right) (?:in )?(?:in the middle )?between\b", "between"),
    (r"\bin between (?=both|the)", "between "),
    (r"\bbetween both (?:of )?(?:the |my )?", "between the two "),
    (r"\bbetween the (?!two\b|other\b|three\b)((?:[\w']+ ){0,2}[\w']+s)(?=\s*[,.;!?]|$)", r"between the two \1"),
    (r"\b(?:at|in|on|to) the (?:halfway point|midpoint|mid point|middle point|half way point|middle) (?:between|of) (?=(?:the two|both|the three)\b|.+ and )", "between "),
    (r"\b(?:to|on|at|onto|over to) the (?:far|back|rear|other far) side of (?!the table|the desk|the bench)", "behind "),
    (r"\b(?:to|on|at|onto|over to) the (?:near|front|close) side of (?!the table|the desk|the bench)", "in front of "),
    (r"\b(?:on|at|to|onto) the (left|right)(?:[- ]hand)? side of (?!the table|the desk|the bench)", r"to the \1 of "),
    (r"\b(?:as far|as much|as close) (?:over )?(?:to|towards) the (left|right) (?:side )?as (?:you can(?: go| reach| get it| manage)?|possible|it goes|it will go|it'll go|you're able(?: to)?)", r"all the way to the \1"),
    (r"\b(?:as far) (left|right) as (?:you can(?: go| reach| get it| manage)?|possible|it goes|it will go|it'll go|you're able(?: to)?)", r"all the way to the \1"),
    (r"^(in|into|on|onto|inside|next to|beside|behind) ((?:the|my)\b[\w' -]+?|[\w]+ [ab1-9]),? (?:please )?(put|place|set|lay|stick|drop|move|line up|stack|build|make|arrange) (.+?)[.!]*$", r"\3 \4 \1 \2"),
    (r"^in(?:to)? ((?:the|my)\b[\w' -]+?) (?:go|goes|belong|belongs) (.+?)[.!]*$", r"put \2 in \1"),
    # ---- one thing after the other
    (r"\b(?:finish|end|wrap up|round off|finish off|finish up|end up) (?:off |up )?by (?=\w+ing\b)", "finally "),
    (r"\b(?:start|begin|start off|start out|kick off) (?:off |out )?by (?=\w+ing\b)", "first "),
    (r"(?:^|(?<=[;.,] ))to (?:start|begin)(?: with| off)?,\s*", "first "),
    (r"(?:^|(?<=[;.,] )|(?<=and ))to (?:finish|end|conclude|wrap up)(?: off| with)?,\s*", "finally "),
    (r"([.;,]) ?(?:then|next|after that|afterwards|now|and|and then) do (?:the same (?:with|for|to) )?(?=(?:the|my)\b[\w' -]+?[.!]*$)", r", then "),
    # ---- a turn that leans on the one before
    (r"^(?:(?:oops|no|whoa|hey|ah)[,.!]* )?(?:(?:that's|that is|that was|it's) )?(?:a (?:bit|little) )?too (?:far|much)[,.!]+\s*(?:now |so )?(?=.*\bback\b)", ""),
    (rf"^(?:(?:now|and|ok|okay|then|so|please|just)[, ]+)*(?:(?:move|bring|put|push|take|slide|go|shift|pull|nudge) (?:it |that )?)?back (?:again )?{_FAR}(?: again| please)*[.!]*$", r"backtrack \1"),
    (rf"^(?:(?:now|and|ok|okay|then|so|please|just)[, ]+)*(?:(?:move|bring|put|push|take|slide|go|shift|pull|nudge) (?:it |that )?)?{_FAR} back(?: again| please)*[.!]*$", r"backtrack \1"),
    (r"\b(?:and )?(\d+(?:\.\d+)?|one|two|three|four|five|six|ten) more (cm|mm|centimet\w+|inch\w*|millimet\w+)\b", r"another \1 \2"),
    (r"\ba different (?=one\b|\w+)", "another "),
    (r"^(?:and |now |ok |okay |then |please |straight |right |just )*,?\s*back (?:to )?(where (?:it|they) (?:was|were|came from|belongs?)|(?:its|their) (?:place|old place|spot|original (?:place|spot|position)))(?: before| again| originally| please)*\s*[.!]*$", r"put it back \1"),
    (rf"^(?:and |now |no |well |but |actually |oh )*,?\s*i (?:wanted|meant|'d rather have|'d prefer|would prefer|would rather have|said|want|asked for) (it|them|that) ((?:{_AT})\b.+?)(?: instead)?\s*[.!]*$", r"put \1 \2"),
    (r"\bthe same way(?= (?:to|with)|\s*[.!]*$)", ""),
)  # fmt: skip
"""What people say, and how else it can be said."""
_MENDED = tuple((re.compile(was, re.I), meant) for was, meant in _SAID)
_STEPS = re.compile(r"(?:(?<=^)|(?<=[\s.;,:]))(?:(?:step|task|no\.?)\s*)?(\d)\s*[.):-]\s*(?=[a-z])", re.I)
_CHECKED = re.compile(
    r"^(?:please |first,? |can you |could you )*(?:check|see|look|find out|have a look|verify)(?: and see)? (?:if|whether) (?P<what>[^,.;?]+)[,.;?]+\s*(?:and |then )*if (?:so|yes|it is|they are|there is|there are|it does|it has|that's so|you do|it's (?:so|true))\s*,?\s*(?:then )?(?P<rest>.+)$",
    re.I | re.S,
)
_ASKED = re.compile(
    r"^(?P<be>is|are) (?P<what>there|(?:the|my|that|your|any)\b[\w' -]+?|it) (?P<how>(?:not |still )?(?:any|anything|a|an|something|some|empty|open|closed|shut|full|free|in|on|within|out of|inside|red|green|blue|yellow|white|black)\b[^?,.]*)\s*\?\s*(?:and |then )*if (?:so|yes|it is|they are|there is|there are)\s*,?\s*(?:then )?(?P<rest>.+)$",
    re.I | re.S,
)


def in_plain_english(text: str) -> Iterator[str]:
    """The sentence in other words, the nearest first; nothing where there are none."""
    said = text.strip()
    if (checked := _CHECKED.match(said)) is not None:
        yield f"if {checked['what']}, {checked['rest']}"
    if (asked := _ASKED.match(said)) is not None:
        yield f"if {asked['what']} {asked['be']} {asked['how']}, {asked['rest']}"
    for was, meant in _MENDED:
        said = was.sub(meant, said).strip()
    steps = _STEPS.findall(said)
    if len(steps) > 1 and steps == [str(k) for k in range(1, len(steps) + 1)]:
        said = re.sub(r"[.;,\s]*,\s*then\s+", ", then ", _STEPS.sub(", then ", said)).removeprefix(", then ")
    if said and said != text.strip():
        yield said
