"""Prints docs/metrics.md: the docstring of each metric, and what each rule of em decides.

Usage: make docs
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from answer_pairs import (
    LABELLED,
    SETS,
    methods_table,
    read_pairs,
    read_sets,
    rules_table,
    sets_table,
)
from summaries import rates_table

from evalkit.metrics import available, document, entry, metric
from tests.support.planted import read_labelled

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = """\
# How a number is made

Each metric is one class in `evalkit/metrics/` and one line of `evalkit/metrics/registry.py`. `make
docs` writes this page from their docstrings. The signature goes with every number and holds
all that can change it; it ends with the metric's own version, which is raised by every change that
can move a score. ROUGE also takes the segmenters `zhmix-1+jieba` (words) and `raw-char` (every code
point, as most published Chinese tables count), and combines several references by `max`, `mean` or
`jackknife`; rougeLsum ends sentences at Chinese end marks and line breaks (`sent:marks`), or at
line breaks alone, as rouge_score (`sent:newline`). The signatures below show the defaults.

A metric reads the prediction without the model's thinking. All but `em_strict`, `raw-char` and
those of CMRC fold both texts first: NFKC, without invisible format characters, in lower case, and
with the CJK radicals that PDFs have (⻓) as the characters that they look like (长). `em`, `f1` and
the numbers also read traditional script as simplified: 臺灣 is 台湾, and 穿著 is 穿着. ROUGE does
not, so it is low between texts in two scripts.

Every scoring recomputes a sample of its ROUGE values with Google's package `rouge_score`, at most
20 of each metric and none of very long texts, and fails on a difference above 1e-9.
`manifest.json` says how many were checked. ROUGE compares texts as they are written: traditional
script is not turned into simplified, so that a summary in the other script than its references
loses most of its value. `em`, `f1` and the metrics of names and facts fold it.

An output without anything that a metric compares has no value there: a summary without numbers has
no number precision. That is neither a failure nor 0; `scores.jsonl` says `nothing to score`, the
mean is over the outputs that have a value, and their number stands beside it. Of an empty output
every metric is 0.

| metric | scores | range | better | what it is |
| --- | --- | --- | --- | --- |"""

PLUGINS = '''
## A metric of your own

A metric is any class with `name`, `kind`, `signature` and `score`. `register_metric` adds it to the
registry of the process, where configs find it by its name. Its file, `sentence_end.py`:

```python
from evalkit.metrics import register_metric
from evalkit.records import Case, Score


class SentenceEnd:
    """Whether a summary ends with a full sentence.

    It can't see whether the sentence is a good one.
    """

    name = "sentence_end"
    kind = "summary"
    signature = "sentence_end|v1"

    def score(self, case: Case) -> Score:
        return Score(value=float(case.prediction.rstrip().endswith(("。", "！", "？"))))


def register() -> None:
    register_metric("sentence_end", SentenceEnd, kind="summary")
```

An installed package adds a metric with an entry point of the group `evalkit.metrics`. Its name is
that of the metric, and it loads to a function without arguments that registers it:

```toml
[project.entry-points."evalkit.metrics"]
sentence_end = "sentence_end:register"
```

- `register_metric` also takes `maximum` (1; None if there is none), `better` (`higher`, `lower`,
  `neither`), `step` (`article`, `closed_book`, `summary_qa`), `reads_article`, `reads_references`
  and `headline`.
- A factory with parameters `segmenter`, `references` or `sentences` is given those of the config.
- A name that another metric has is an error. A plug-in that does not load leaves all other metrics
  as they are; the reason is shown when its metric is asked for.
- `score` returns `NothingToScore()` for an output without anything that it compares; see above.
- `score` reads nothing but the case, and raises where it cannot score. Many cases are scored in
  several processes, to which metrics are sent by `pickle`. A metric that cannot be sent (its class
  is defined in a notebook, a script or a function) is scored in one process.
'''

RULES = """
## What em and em_extracted decide on labelled pairs

Pairs of a reference answer and a prediction that a person labelled, without the debatable ones. A
match is right where the person says that the prediction answers the question as the reference does.
First, em beside other ways of matching: letter by letter, by the rules of CMRC 2018, and by whether
the prediction contains the reference; and each kind of reading: how many pairs it decided, how many
of them as a match, the precision of those, their share of all pairs that should match, and how many
of these it rejected. The rules were written with these pairs in view.
"""

SETS_HEAD = """
Then both metrics on all sets, `short` being the pairs whose prediction says no more than the
answer. The weights of em_extracted are fitted on all of them but four parts of `unseen_outputs`,
`held out 3`, `4`, `6` and `11`. So the table below shows what the metric holds, and not what it
does on new outputs. Two other figures say more of that. First, weights that are fitted without the
set that they are measured on (`python benchmarks/fit_evidence.py`), though its features and their
penalty were chosen with most of these sets in view:

| set | part | n | precision | recall |
| --- | --- | --- | --- | --- |
| `judged_news` | all | 571 | 0.981 | 0.923 |
| `judged_pairs` | all | 645 | 0.987 | 0.968 |
| `judged_reports` | all | 200 | 1.000 | 1.000 |
| `judged_sentences` | all | 237 | 0.939 | 0.956 |
| `unseen_sentences` | all | 80 | 0.971 | 0.850 |
| `unseen_outputs` | `held out 1`, `held out 2` | 387 | 0.913, 0.953 | 0.872, 0.788 |
| `unseen_outputs` | `held out 3` | 129 | 1.000 | 0.800 |
| `unseen_outputs` | `held out 4` | 244 | 0.837 | 0.631 |
| `unseen_outputs` | `read 5`, `held out 5` | 200 | 0.984, 0.892 | 0.955, 0.750 |
| all | | 5415 | 0.969 | 0.906 |

Second, outputs that nobody had read who made the version measured:

| set | part | n | version | precision | recall |
| --- | --- | --- | --- | --- | --- |
| `unseen_outputs` | `read 1`, `read 2` | 389 | v2 | 0.906, 0.967 | 0.700, 0.546 |
| `unseen_outputs` | `held out 1`, `held out 2` | 387 | v3 | 0.877, 0.909 | 0.523, 0.577 |
| `unseen_outputs` | `held out 3` | 129 | v4 | 1.000 | 0.680 |
| `unseen_outputs` | `held out 4` | 244 | v6 | 0.811 | 0.492 |
| `unseen_outputs` | `read 5` | 100 | v8 | 0.930 | 0.803 |
| `unseen_outputs` | `held out 5` | 100 | v9 | 0.829 | 0.773 |
| `unseen_outputs` | `held out 6` | 240 | v10 | 1.000 | 0.883 |
| `unseen_outputs` | `read 7`, `held out 7` | 320 | v10 | 0.962, 0.970 | 0.884, 0.865 |
| `unseen_outputs` | `read 8`, `held out 8` | 220 | v10 | 0.893, 0.927 | 0.909, 0.731 |
| `unseen_outputs` | `read 9`, `held out 9` | 320 | v10 | 0.937, 0.973 | 0.925, 0.887 |
| `unseen_outputs` | `read 10`, `held out 10` | 220 | v10 | 0.941, 0.941 | 0.857, 0.889 |
| `unseen_outputs` | `held out 11` | 320 | v10 | 0.967 | 0.912 |
| `unseen_outputs` | `held out 11` | 320 | v11 | 0.974 | 0.938 |

The authors of `unseen_outputs` word answers more freely than those of the other sets, and give more
of them as part of a story. `held out 3` is all sentences. `held out 4` was made to be hard, by an
author who knew the rules: of each question two right sentences in words of their own, and two wrong
ones in much the words of the question. In `read 5` and `held out 5` more than half of the wrong
outputs hold the reference in another role. `held out 6` and the parts 7, 9 and 11 have the kinds of
`judged_pairs` in their shares, with as many sentences again, on ten articles each; 8 and 10 are all
sentences, also on general knowledge and everyday texts. v11 was made with 7 to 10 in view. Of
`held out 11`, which nobody has read, its first half, the mix of kinds, has precision 0.987 and
recall 0.963, and the second, all sentences, 0.961 and 0.912; em is right in all its matches there.

So where half of the new outputs are traps, a match of em_extracted is wrong in one of forty, in one
of twenty-five where all are sentences, and in one of six where the traps keep to the question's
words or have the reference in another role; of right sentences it finds nine of ten where they keep
to these words, three of four where they are freely worded, and six of ten where they share few. It
compares systems, and is no count of right answers. Two systems differ by what it misses only where
one of them words its answers more freely. What a sentence in words that the lexicon lacks says of
the question, only a reader or a judge model can tell. em is right in all of its matches on
`unseen_outputs` but one of `held out 4`; em v9 had five wrong ones more, in the parts 7 and 9.

The same by part and kind: `python benchmarks/answer_pairs.py --metrics em,em_extracted`, with
`--misses` the pairs that it is wrong on.
"""


FACTS = """
## What fact_precision sees

Summaries into which a person put one error each, and right ones: rounded, summed, reordered, in
other words. First, what a version saw of sets that nobody who made it had read:

| set | version | errors seen | false alarm on right ones |
| --- | --- | --- | --- |
| `held out 2` | v2 | 10 of 18 | 2 of 12 |
| `held out 3`, `held out 4` | v3 | 35 of 40 | 9 of 32 |
| `development 5`, `held out 5` | v4 | 55 of 90 | 45 of 106 |
| `development 6`, `held out 6` | v5 | 40 of 62 | 22 of 63 |
| `development 7`, `held out 7` | v7 | 37 of 70 | 13 of 70 |
| `held out 8` | v8 | 43 of 60 | 8 of 60 |

All but `held out 3` are by somebody who had not read the rules, most of them on new articles.
`development 5` to `held out 7` are as chat models and editors write: many right ones reckon sums,
averages, years and shares. `held out 8` is on ten new articles; its kinds of errors and of rewrites
are in the shares of `development`.

Then how many of each kind have a flag by v9, which flags the same as v8, for errors on the error
itself. All but `held out 8` were read while rules were made: 392 of their 464 errors are seen, with
false alarm on 10 of 431 right ones. The last column is what `number_precision` makes of all.
Command: `python benchmarks/summaries.py`.
"""

JUDGE = """
What is missed has no figure of its own, or one that stands in the article with nearly the same
words: one thing in the place of another of its kind (预制菜, 休闲食品), whoever is highest of a
list that gives figures alone, cause and effect, what came first, what was denied and has no other
word for it; or it may be reckoned: a share or a year for which the article has no other. What is
flagged though it is right was reckoned from figures far apart, or has another word for the same
(营收, 营业收入). Such statements need a judge, a model or a person that reads summary and article;
`number_precision` counts all figures that the article lacks. And a flag is a place to look at, not
a verdict.
"""


def sections() -> Iterator[str]:
    """Yield the sections of the page in order."""
    yield HEAD
    for name in available():
        line = entry(name)
        cells = (line.kind, line.range, line.better, document(name).splitlines()[0])
        yield f"| [`{name}`](#{name.lower()}) | {' | '.join(cells)} |"
    for name in available():
        text, _, example = document(name).partition(">>>")
        yield f"\n## {name}\n\n`{metric(name).signature}`\n"
        yield text.strip().replace("Source:", "**Source:**")
        yield f"\n```pycon\n>>> {example.strip()}\n```"
    yield from (FACTS, rates_table(read_labelled()), JUDGE)
    pairs = read_pairs(LABELLED)
    yield from (PLUGINS, RULES, methods_table(pairs), "", rules_table(pairs), SETS_HEAD)
    yield sets_table(("em", "em_extracted"), read_sets(SETS))


if __name__ == "__main__":
    print("\n".join(sections()))
