/**
 * Writes to the journal named in the arguments until it is killed, and says after each turn what is certain: a line with
 * the number of the turn, once all of its changes are on disk.
 */
import type { Execution } from '../../lib/provider/ports.ts';
import { SqliteJournal } from '../journal/sqlite.ts';

/** How many requests each turn writes at the same time. */
const perTurn = 20;

const journal = new SqliteJournal(process.argv[2] ?? '');
for (let turn = 0; ; turn++) {
  await Promise.all(
    Array.from({ length: perTurn }, async (_, index) => {
      const seen: Execution = {
        agreement: turn,
        index,
        payload: `payload ${turn} ${index}`,
        stage: 'seen',
        times: { seen: turn },
        output: null,
        failure: null,
        reason: null,
      };
      await journal.saveExecution(seen);
      await journal.saveExecution({
        ...seen,
        stage: 'uploaded',
        times: { seen: turn, uploaded: turn + 1 },
        output: { content: `result ${turn} ${index}`, commitment: '0x01' },
      });
    }),
  );
  process.stdout.write(`${turn}\n`);
}
