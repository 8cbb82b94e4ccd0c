import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';

import fc from 'fast-check';

import { answerStun, MAGIC_COOKIE, startStun } from './stun.ts';

/** The sample request of RFC 5769, section 2.1: with SOFTWARE, PRIORITY, ICE-CONTROLLED, USERNAME and signatures. */
const sampleRequest = Buffer.from(
  '000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e740024000' +
    '46e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5' +
    'b2d3f249c1b571a280280004e57a3bcf',
  'hex',
);
const transaction = 'b7e7a701bc34d686fa87dfae';

function request(attributes = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt16BE(1, 0);
  header.writeUInt16BE(attributes.length, 2);
  header.writeUInt32BE(MAGIC_COOKIE, 4);
  header.write(transaction, 8, 'hex');
  return Buffer.concat([header, attributes]);
}

/** Splits an answer, and checks what must be right in every one: lengths, transaction and fingerprint. */
function read(answer: Buffer | undefined): { type: number; attributes: Map<number, Buffer> } {
  assert.ok(answer);
  assert.equal(answer.readUInt16BE(2), answer.length - 20);
  assert.equal(answer.readUInt32BE(4), MAGIC_COOKIE);
  assert.equal(answer.subarray(8, 20).toString('hex'), transaction);
  const attributes = new Map<number, Buffer>();
  for (let at = 20; at < answer.length;) {
    const length = answer.readUInt16BE(at + 2);
    attributes.set(answer.readUInt16BE(at), answer.subarray(at + 4, at + 4 + length));
    at += 4 + Math.ceil(length / 4) * 4;
  }
  const expected = (crc32(answer.subarray(0, -8)) ^ 0x5354554e) >>> 0;
  assert.equal(attributes.get(0x8028)?.readUInt32BE(0), expected);
  return { type: answer.readUInt16BE(0), attributes };
}

test('the sample request of RFC 5769 gets the address of its sample response', () => {
  const { type, attributes } = read(answerStun(sampleRequest, { address: '192.0.2.1', port: 32853 }));
  assert.equal(type, 0x0101);
  assert.equal(attributes.get(0x0020)?.toString('hex'), '0001a147e112a643');
});

test('over IPv6 it gets the address of the sample response over IPv6', () => {
  for (const address of ['2001:db8:1234:5678:11:2233:4455:6677', '2001:DB8:1234:5678:0011:2233:4455:6677%eth0']) {
    const { attributes } = read(answerStun(sampleRequest, { address, port: 32853 }));
    assert.equal(attributes.get(0x0020)?.toString('hex'), '0002a1470113a9faa5d3f179bc25f4b5bed2b9d9');
  }
});

test('an attribute that must be understood and is not is named in an error 420', () => {
  const { type, attributes } = read(
    answerStun(request(Buffer.from('7abc00030102030000240004000000017def0000', 'hex')), { address: '::1', port: 1 }),
  );
  assert.equal(type, 0x0111);
  assert.equal(attributes.get(0x0009)?.subarray(0, 4).toString('hex'), '00000414');
  assert.equal(attributes.get(0x000a)?.toString('hex'), '7abc7def');
});

test('what is no Binding request gets no answer', () => {
  const from = { address: '192.0.2.1', port: 1 };
  const good = request();
  assert.ok(answerStun(good, from));
  const changed = (change: (message: Buffer) => void) => {
    const message = Buffer.from(good);
    change(message);
    return answerStun(message, from);
  };
  assert.equal(answerStun(Buffer.alloc(0), from), undefined);
  assert.equal(answerStun(good.subarray(0, 19), from), undefined);
  assert.equal(
    changed((message) => message.writeUInt16BE(0x0101, 0)),
    undefined,
    'a response',
  );
  assert.equal(
    changed((message) => message.writeUInt16BE(0x0011, 0)),
    undefined,
    'an indication',
  );
  assert.equal(
    changed((message) => message.writeUInt16BE(0x0003, 0)),
    undefined,
    'another method',
  );
  assert.equal(
    changed((message) => message.writeUInt32BE(0, 4)),
    undefined,
    'without the cookie',
  );
  assert.equal(
    changed((message) => message.writeUInt16BE(4, 2)),
    undefined,
    'another length',
  );
  assert.equal(answerStun(request(Buffer.from('00240008000000ff', 'hex')), from), undefined, 'an attribute cut short');
});

test('an answer is never much longer than its request, and nothing makes the server throw', () => {
  const from = { address: '192.0.2.1', port: 1 };
  const attributes = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(attributes, fc.boolean(), (bytes, asRequest) => {
      const message = asRequest ? request(bytes.subarray(0, bytes.length - (bytes.length % 4))) : bytes;
      const answer = answerStun(message, from);
      assert.ok(answer === undefined || answer.length <= 80 + 2 * message.length);
    }),
  );
});

test('the server answers over UDP with the address that it sees', async (t) => {
  const server = await startStun({ host: '127.0.0.1', port: 0 });
  t.after(() => server.close());
  const client = createSocket('udp4');
  t.after(() => client.close());
  client.send(request(), server.port, '127.0.0.1');
  const [message] = (await once(client, 'message')) as [Buffer];
  const mapped = read(message).attributes.get(0x0020);
  assert.ok(mapped);
  assert.equal(mapped.readUInt16BE(2) ^ 0x2112, client.address().port);
  assert.equal((mapped.readUInt32BE(4) ^ MAGIC_COOKIE) >>> 0, 0x7f000001);
});

test('a port that is taken is refused', async (t) => {
  const server = await startStun({ host: '127.0.0.1', port: 0 });
  t.after(() => server.close());
  await assert.rejects(startStun({ host: '127.0.0.1', port: server.port }), { code: 'EADDRINUSE' });
});
