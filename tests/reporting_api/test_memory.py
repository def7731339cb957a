"""What a memory has room for."""

from services.reporting_api.memory import Memory


def test_the_oldest_result_is_let_go_of() -> None:
    memory: Memory[int] = Memory(2)
    for key in ("a", "b", "c"):
        memory.keep(key, ord(key))

    assert [memory.find(key) for key in ("a", "b", "c")] == [None, 98, 99]


def test_what_is_kept_again_is_the_newest() -> None:
    memory: Memory[int] = Memory(2)
    for key in ("a", "b", "a", "c"):
        memory.keep(key, ord(key))

    assert [memory.find(key) for key in ("a", "b", "c")] == [97, None, 99]


def test_results_are_let_go_of_by_their_weight() -> None:
    memory: Memory[str] = Memory(5, len)
    for text_kept in ("aa", "bb", "ccc", "dddddd"):
        memory.keep(text_kept[0], text_kept)
        kept = [key for key in "abcd" if memory.find(key)]
        assert kept == {"aa": ["a"], "bb": ["a", "b"], "ccc": ["b", "c"], "dddddd": []}[text_kept]
