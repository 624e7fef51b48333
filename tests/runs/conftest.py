"""One shop, classified once under every small scheme, for all tests of a process."""

import pytest

from keguan.book.book import Book
from keguan.book.run import Run
from tests.fixtures.open_shops import open_shop
from tests.fixtures.shops import AS_OF, SCHEMES


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    return open_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="session")
def run(book: Book, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return book.classify(*SCHEMES, as_of=AS_OF, purpose="try it", out=tmp_path_factory.mktemp("runs") / "run")
