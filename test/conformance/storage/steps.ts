import type { Database } from "../../../src/database/database.ts";

interface Opcode {
  addr: number;
  opcode: string;
  p1: number;
  p2: number;
}

/** How rows are looked for, in which table or index, by `EXPLAIN`: of the statement, and of the programs of its triggers. */
export async function stepsOf(
  database: Database,
  indexes: ReadonlyMap<number, string>,
  statement: string,
  places: number,
): Promise<string[]> {
  const opcodes = await database.rows<Opcode>(`EXPLAIN ${statement}`, Array<null>(places).fill(null));
  const programs: Opcode[][] = [];
  for (const opcode of opcodes) {
    if (opcode.addr === 0) programs.push([]);
    programs.at(-1)?.push(opcode);
  }
  return programs.flatMap((program) => {
    const opened = new Map(
      program.filter(({ opcode }) => /^Open(Read|Write)$/.test(opcode)).map(({ p1, p2 }) => [p1, indexes.get(p2)]),
    );
    return program
      .filter(({ opcode }) => /^(Rewind|Last|Seek|NotExists|NotFound|Found|NoConflict|Idx[GL])/.test(opcode))
      .map(({ opcode, p1 }) => `${opcode} ${opened.get(p1)}`);
  });
}

/** What SQLite calls them, by the page with which each begins. */
export async function indexesOf(database: Database): Promise<ReadonlyMap<number, string>> {
  const rows = await database.rows<{ rootpage: number; name: string }>("SELECT rootpage, name FROM sqlite_master");
  return new Map(rows.map(({ rootpage, name }) => [rootpage, name]));
}
