// node dist/src/main.js <file> <command…>: reads the desk from the file, does the command, and writes it back.
import fs from 'node:fs';
import { run, type Desk } from './desk.ts';

const [file = 'desk.json', ...args] = process.argv.slice(2);
try {
  const before = JSON.parse(fs.readFileSync(file, 'utf8')) as Desk;
  const { desk, said } = run(before, args);
  if (desk !== before) {
    fs.writeFileSync(file, `${JSON.stringify(desk, null, 2)}\n`);
  }
  said.forEach((line) => {
    console.log(line);
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
