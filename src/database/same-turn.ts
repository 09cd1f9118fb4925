/**
 * One connection for the statements that many requests send in one turn of the event loop: PostgreSQL answers in the order of asking, and need
 * not have answered one before it is sent the next. So they are written to the socket at once, and a connection is taken and given back
 * once for all. Each is a transaction of its own as before: one that fails says so to whoever sent it, and to nobody else.
 */

/** Something that one caller wants to ask of a connection. */
interface Question<Connection> {
  /** Gives what tells the caller how it ended; never rejects. */
  ask(connection: Connection): Promise<() => void>;
  fail(error: unknown): void;
}

/** Bounds how long the last waits for the first; more than this go over a second connection. */
const MOST = 16;

export function createSameTurn<Connection>(
  withConnection: (work: (connection: Connection) => Promise<void>) => Promise<void>,
): <T>(ask: (connection: Connection) => Promise<T>) => Promise<T> {
  let waiting: Question<Connection>[] = [];

  const askAll = async (questions: readonly Question<Connection>[]) => {
    let unanswered = questions.length;
    let tellLast = () => {};
    const askOne = async (connection: Connection, { ask }: Question<Connection>) => {
      const tell = await ask(connection);
      unanswered -= 1;
      if (unanswered > 0) tell();
      else tellLast = tell;
    };
    try {
      await withConnection(async (connection) => {
        await Promise.all(questions.map((question) => askOne(connection, question)));
      });
      // Who goes on at once finds the connection free.
      tellLast();
    } catch (error) {
      // No connection is to be had.
      for (const { fail } of questions) fail(error);
    }
  };
  const endTurn = () => {
    const all = waiting;
    waiting = [];
    for (let from = 0; from < all.length; from += MOST) void askAll(all.slice(from, from + MOST));
  };

  return <T>(ask: (connection: Connection) => Promise<T>) =>
    new Promise<T>((resolve, reject) => {
      if (waiting.length === 0) setImmediate(endTurn);
      waiting.push({
        ask: (connection) =>
          ask(connection).then(
            (answer) => () => resolve(answer),
            (error: unknown) => () => reject(error),
          ),
        fail: reject,
      });
    });
}
