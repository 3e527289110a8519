// Lets one write of this process at a time reach the state file. libsql waits for locks without giving way to the event loop:
// a write that met an open transaction of its own process would wait for a commit that cannot come.

let last: Promise<unknown> = Promise.resolve();

/** Runs `write` when all earlier writes of this process have ended. Must not be nested. */
export async function exclusively<Result>(write: () => Promise<Result>): Promise<Result> {
  const turn = last.then(write);
  last = turn.catch(() => {});
  return await turn;
}
