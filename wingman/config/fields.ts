/** The building blocks of the configuration's schema, shared with the REST API. */
import { z } from 'zod';

import { formatAmount, parseAmount } from '../../lib/market/amounts.ts';
import { nearest } from '../../scripts/lib/nearest.ts';
import { messageOf } from '../errors.ts';

/**
 * An amount as text: a decimal number with its unit, exact to the chain's smallest unit (10^-12 AIRO). The same in the
 * configuration file, in what the API takes and in what it gives, so that nobody has to ask which unit is meant.
 */
export const amount = z
  .codec(z.string(), z.bigint(), {
    decode: (text, context) => {
      try {
        return parseAmount(text);
      } catch (error) {
        context.issues.push({ code: 'custom', message: messageOf(error), input: text });
        return z.NEVER;
      }
    },
    encode: (value) => formatAmount(value),
  })
  .meta({ description: 'An amount with its unit, exact to 12 decimals.', examples: ['0.5 AIRO'] });

/** Reads like `amount`, and is not zero. */
export const positiveAmount = amount.refine((value) => value > 0n, 'must be more than 0 AIRO');

/** So much of an unknown key is told, in characters. */
const longestKey = 100;

/** An object in which an unknown key is refused together with the known key that was probably meant. */
export function section<Shape extends z.core.$ZodShape>(shape: Shape) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined;
      return issue.keys
        .map((key) => {
          const meant = nearest(key, known);
          const hint = meant === undefined ? `Known here: ${known.join(', ')}.` : `Did you mean "${meant}"?`;
          return `There is no "${key.slice(0, longestKey)}". ${hint}`;
        })
        .join(' ');
    },
  });
}

/** One line for each thing that is wrong: where, and what. */
export function describeIssues(error: z.core.$ZodError): string[] {
  return error.issues.map((issue) => {
    const where = issue.path
      .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index > 0 ? '.' : ''}${String(key)}`))
      .join('');
    return where === '' ? issue.message : `${where}: ${issue.message}`;
  });
}

const httpUrl = z
  .url({ protocol: /^https?$/, error: 'must be an address that begins with http:// or https://' })
  .refine(
    (url) => !/^https?:\/\/[^/]*@/.test(url),
    'must not have a password in it: this file is no place for secrets',
  );
/** A program and its arguments; it is run as it is, without a shell. */
const command = z.array(z.string()).min(1, 'must name a program');

const floor = amount.describe('The lowest price it bids; never crossed.');

const externalStrategy = section({
  kind: z.literal('external').describe('A program or web service of yours names the price, or none for no bid.'),
  floor,
  hook: z.union(
    [
      section({ command: command.describe('Gets the order as JSON on standard input and writes the price.') }),
      section({ url: httpUrl.describe('The order is posted to it as JSON.') }),
    ],
    'must be {"command": [program, argument, ...]} or {"url": "http..."}',
  ),
  timeoutMs: z.int().min(10).max(60_000).default(5_000).describe('After this time there is no bid, in milliseconds.'),
});

/** How bids are priced; see `lib/market/strategies.ts`. */
export const strategy = z
  .discriminatedUnion(
    'kind',
    [
      section({
        kind: z.literal('fixed').describe('Always the same price per inference.'),
        price: positiveAmount.describe('The price per inference, royalty and market fee included.'),
      }),
      section({
        kind: z.literal('cost').describe('The measured time of an inference times the price of time, plus a margin.'),
        pricePerHour: positiveAmount.describe("The price of an hour of this machine's time."),
        margin: z.number().min(0).max(100).default(0.2).describe('What is added to the cost: 0.2 adds 20 %.'),
        floor: floor.prefault('0 AIRO'),
      }),
      section({
        kind: z.literal('undercut').describe('Just below the best bid of somebody else.'),
        floor,
        start: positiveAmount.optional().describe("The price of the first bid; the order's highest price if left out."),
        step: z.number().gt(0).lt(1).default(0.05).describe('By which part of the best bid to go below it.'),
      }),
      externalStrategy,
    ],
    'must have a "kind": fixed, cost, undercut or external',
  )
  .meta({ id: 'Strategy', description: 'How bids are priced. Royalty and market fee are parts of a price.' });

/** What runners by the Open Inference Protocol have in common. */
const server = {
  modelName: z.string().min(1).optional().describe("The model's name there, if it is not its own."),
  anyVersion: z.boolean().default(false).describe('Take whatever version the server has.'),
  concurrency: z.int().min(1).max(1024).default(4).describe('How many inferences it works on at a time.'),
  timeoutMs: z.int().min(100).max(3_600_000).default(30_000).describe('For one inference, in milliseconds.'),
} as const;

/** What runs a model. */
export const runner = z
  .discriminatedUnion(
    'kind',
    [
      section({
        kind: z.literal('onnx').describe('In this process, by onnxruntime-node in worker threads.'),
        sessions: z.int().min(1).max(256).optional().describe('Inferences that run side by side; by default up to 4.'),
        threads: z.int().min(1).max(256).optional().describe('Threads of each; by default shared out evenly.'),
        maxBatch: z.int().min(1).max(1024).optional().describe('The most inferences that run as one batch.'),
      }),
      section({
        kind: z.literal('http').describe('A server that speaks the Open Inference Protocol (KServe v2).'),
        url: httpUrl.describe('Its address, without /v2.'),
        tokenFile: z.string().min(1).optional().describe('A file, for its owner alone, with the token it asks for.'),
        ...server,
      }),
      section({
        kind: z.literal('container').describe('A container with such a server, started and stopped by Wingman.'),
        image: z.string().min(1).describe('The image to run.'),
        command: z.string().min(1).default('docker').describe('The program that runs containers: docker or podman.'),
        globalArgs: z.array(z.string()).default([]).describe("Arguments before the command's verb."),
        runArgs: z.array(z.string()).default([]).describe('Further arguments of `run`, such as --gpus=all.'),
        args: z
          .array(z.string())
          .default([])
          .describe("Arguments for the container's program; {port} stands for the port."),
        env: z.record(z.string(), z.string()).default({}).describe('Variables in the container.'),
        network: z.enum(['published', 'host']).default('published').describe("How the container's port is reached."),
        port: z.int().min(0).max(65_535).optional().describe('The port on which the container listens.'),
        memory: z.string().min(1).optional().describe('The most memory, such as 2g.'),
        cpus: z.number().gt(0).optional().describe('The most processors.'),
        modelPath: z.string().startsWith('/').optional().describe('Where the container expects the ONNX file.'),
        descriptionPath: z.string().startsWith('/').optional().describe("Where it expects the model's description."),
        startTimeoutMs: z.int().min(1_000).max(3_600_000).default(120_000).describe('Until it is ready, in ms.'),
        ...server,
      }),
    ],
    'must have a "kind": onnx, http or container',
  )
  .meta({ id: 'Runner', description: 'What runs a model.' });

/** A model that is served. */
const servedModel = section({
  model: z.int().min(0).describe("The model's number on the chain."),
  strategy: strategy.optional().describe('Its own pricing; the general strategy if left out.'),
  runner: runner.optional().describe('What runs it; the general runner if left out.'),
});

export const models = z
  .array(servedModel)
  .max(64)
  .superRefine((list, context) => {
    list.forEach(({ model }, index) => {
      if (list.findIndex((other) => other.model === model) < index)
        context.addIssue({ code: 'custom', path: [index, 'model'], message: `model ${model} is listed twice` });
    });
  })
  .describe('The models to serve.');

export const capacityShape = {
  maxOpen: z.int().min(1).max(100_000).describe('The most agreements and bids that may be open at a time.'),
  maxInFlight: z
    .int()
    .min(1)
    .max(1_000_000)
    .describe('The most requests that may wait for an answer at a time, over all agreements open or bid for.'),
  utilization: z
    .number()
    .gt(0)
    .max(4)
    .describe("The part of this machine's measured throughput that bids may promise; 1 is all of it."),
} as const;

export const profileShape = {
  name: z
    .string()
    .min(1)
    .refine((text) => new TextEncoder().encode(text).length <= 64, 'must have at most 64 bytes in UTF-8')
    .describe("The provider's name, as everybody sees it."),
} as const;

export const paused = z.boolean().describe('No new bids; what was agreed on is still carried out.');
export const dryRun = z.boolean().describe('Decide and explain, but send nothing and execute nothing.');
