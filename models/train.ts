/**
 * `npm run models:train`: trains the demo's model and writes public/models/resnet-mnist anew. It installs what it needs
 * of Python into the cache folder, which downloads some gigabytes at the first time.
 */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { format } from 'prettier';
import sharp from 'sharp';

import { main } from '../scripts/lib/main.ts';
import { describeOptions, parseOptions } from '../scripts/lib/options.ts';
import { program, requireAll } from '../scripts/lib/packages.ts';
import { cacheFolder } from '../scripts/lib/paths.ts';
import { run } from '../scripts/lib/process.ts';
import { onShutdown } from '../scripts/lib/shutdown.ts';
import { digitsSource, digitSize, splitDigits, splitSeed, type Digit, type Split } from './digits.ts';
import { accuracy, loadClassifier } from './measure.ts';
import { describeModel, files, sha256, testImageName, type Card, type Training } from './result.ts';

/** How many digits of each class the demo gets. They are the first of the test digits, right or wrong. */
const imagesPerClass = 4;

const options = {} as const;

await main('npm run models:train', async () => {
  if (parseOptions(process.argv.slice(2), options).help) {
    console.log(`Trains the demo's ResNet on MNIST and writes ${files.folder}.\n\n${describeOptions(options)}`);
    return 0;
  }
  const work = await mkdtemp(join(tmpdir(), 'airo-train-'));
  const remove = () => rm(work, { recursive: true, force: true });
  const unregister = onShutdown(remove);
  try {
    const split = await splitDigits();
    // Python gets no test digit, so that nothing can be fitted to them.
    await writeForPython(work, 'training', split.training);
    await writeForPython(work, 'validation', split.validation);
    const python = await preparePython();
    await execute(python, [join(import.meta.dirname, 'train.py'), work, work]);
    const model = await readFile(join(work, 'model.onnx'));
    const training = JSON.parse(await readFile(join(work, 'training.json'), 'utf8')) as Training;
    await writeResult(model, training, split);
  } finally {
    await remove();
    unregister();
  }
  return 0;
});

async function writeForPython(folder: string, part: string, digits: readonly Digit[]): Promise<void> {
  await writeFile(join(folder, `${part}.images`), Buffer.concat(digits.map(({ pixels }) => pixels)));
  await writeFile(
    join(folder, `${part}.labels`),
    Uint8Array.from(digits, ({ label }) => label),
  );
}

/** Makes a virtual environment with exactly what requirements.txt says; another list makes another environment. */
async function preparePython(): Promise<string> {
  await requireAll([program('python3', 'python3')], console.log);
  const requirements = join(import.meta.dirname, 'requirements.txt');
  const version = sha256(await readFile(requirements)).slice(0, 12);
  const environment = join(cacheFolder(), `python-models-${version}`);
  const python = join(environment, 'bin', 'python');
  const complete = join(environment, 'complete');
  if (existsSync(complete)) return python;
  console.log(`Installing ${requirements} into ${environment} ...`);
  await execute('python3', ['-m', 'venv', '--clear', environment]);
  await execute(python, ['-m', 'pip', 'install', '--disable-pip-version-check', '-q', '-r', requirements]);
  await writeFile(complete, '');
  return python;
}

async function execute(command: string, args: readonly string[]): Promise<void> {
  const { code } = await run(command, args, { onLine: (line) => console.log(line) });
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with status ${code}; its output is above.`);
}

async function writeResult(model: Uint8Array, training: Training, split: Split): Promise<void> {
  const description = describeModel(training);
  if (description.image === null) throw new Error('The model takes images, so its description must say how.');
  const classifier = await loadClassifier(model, description.image);
  const source = digitsSource();
  const card: Card = {
    name: description.name,
    licence: description.licence,
    file: { name: 'model.onnx', size: model.length, sha256: sha256(model) },
    architecture: training.architecture,
    parameters: training.parameters,
    accuracy: {
      test: await accuracy(classifier, split.test),
      validation: await accuracy(classifier, split.validation),
    },
    data: {
      package: source.package,
      licence: source.licence,
      splitSeed,
      training: split.training.length,
      validation: split.validation.length,
      test: split.test.length,
    },
    training: { framework: training.framework, epochs: training.epochs, seed: training.seed },
  };
  await rm(files.testImages, { recursive: true, force: true });
  await mkdir(files.testImages, { recursive: true });
  // The test images are a part of the package, whose licence goes with every part.
  await copyFile(source.licenceFile, files.testImagesLicence);
  await writeFile(files.model, model);
  await writeFile(files.description, await format(JSON.stringify(description), { parser: 'json', printWidth: 120 }));
  await writeFile(files.card, await format(JSON.stringify(card), { parser: 'json', printWidth: 120 }));
  for (let label = 0; label < 10; label += 1) {
    const digits = split.test.filter((digit) => digit.label === label).slice(0, imagesPerClass);
    for (const digit of digits) await writeFile(join(files.testImages, testImageName(digit)), await png(digit));
  }
  const { test, validation } = card.accuracy;
  console.log(
    `Right: ${validation.correct} of ${validation.of} for validation, ${test.correct} of ${test.of} to test.`,
  );
  console.log(`Wrote ${files.folder}: ${card.parameters} parameters, ${card.file.size} bytes.`);
}

function png({ pixels }: Digit): Promise<Buffer> {
  return sharp(pixels, { raw: { width: digitSize, height: digitSize, channels: 1 } })
    .toColourspace('b-w')
    .png({ compressionLevel: 9 })
    .toBuffer();
}
