"""The bound ids."""

import asyncio
import contextvars
import threading

from django.test import SimpleTestCase

from jsonlog import context


class BindTests(SimpleTestCase):
    def test_nothing_is_bound_at_first(self) -> None:
        self.assertEqual(
            (None, None, None, None), (context.request_id(), context.task_id(), context.user_id(), context.actor())
        )

    def test_binds_and_restores(self) -> None:
        with context.bind(request_id="a", user_id="u"):
            with context.bind(request_id="b", task_id="t"):
                self.assertEqual(("b", "t", "u"), (context.request_id(), context.task_id(), context.user_id()))
            self.assertEqual(("a", None, "u"), (context.request_id(), context.task_id(), context.user_id()))
        self.assertIsNone(context.request_id())

    def test_none_unbinds_for_the_block(self) -> None:
        with context.bind(request_id="a"):
            with context.bind(request_id=None):
                self.assertIsNone(context.request_id())
            self.assertEqual("a", context.request_id())

    def test_restores_after_an_exception(self) -> None:
        with self.assertRaises(KeyError), context.bind(request_id="a"):
            raise KeyError("x")
        self.assertIsNone(context.request_id())

    def test_an_actor_ends_with_the_block_and_a_user_gives_the_user_id(self) -> None:
        alice = {"id": "u1", "kind": "user", "name": "Alice"}
        with context.bind(request_id="a"):
            context.set_actor(alice)
            self.assertEqual((alice, "u1", "a"), (context.actor(), context.user_id(), context.request_id()))
        self.assertEqual((None, None), (context.actor(), context.user_id()))

    def test_a_service_as_actor_is_no_user(self) -> None:
        with context.bind(actor={"id": "s1", "kind": "service", "name": "workflow-api"}):
            self.assertIsNone(context.user_id())
            context.set_actor({"id": "s2", "kind": "service", "name": "messaging"})
            self.assertIsNone(context.user_id())

    def test_a_block_may_end_in_another_copy_of_the_context(self) -> None:
        block = context.bind(request_id="a")
        contextvars.copy_context().run(block.__enter__)
        block.__exit__(None, None, None)
        self.assertIsNone(context.request_id())

    def test_threads_and_coroutines_do_not_see_each_other(self) -> None:
        seen: list[str | None] = []
        with context.bind(request_id="a"):
            thread = threading.Thread(target=lambda: seen.append(context.request_id()))
            thread.start()
            thread.join()
        self.assertEqual([None], seen)

        async def bound(name: str) -> str | None:
            with context.bind(request_id=name):
                await asyncio.sleep(0)
                return context.request_id()

        async def both() -> list[str | None]:
            return await asyncio.gather(bound("a"), bound("b"))

        self.assertEqual(["a", "b"], asyncio.run(both()))


class RequestIdFormTests(SimpleTestCase):
    def test_made_ids_are_valid_and_different(self) -> None:
        made = {context.new_request_id() for _ in range(100)}
        self.assertEqual(100, len(made))
        self.assertTrue(all(context.valid_request_id(request_id) for request_id in made))

    def test_what_is_taken_over(self) -> None:
        for text in ("a", "A-b_c.9", "x" * 128):
            self.assertTrue(context.valid_request_id(text), text)
        for text in ("", "x" * 129, "a b", "a\n", "ä", 'a"b', "a/b"):
            self.assertFalse(context.valid_request_id(text), text)
