/** The ingestion endpoint of Application Insights on loopback, over https as its exporter wants it. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

/** A piece of telemetry as it came in. */
export interface Envelope {
  /** `Microsoft.ApplicationInsights.Request`, `….Message` and others, without what they begin with. */
  readonly kind: string;
  readonly text: string;
}

export interface ApplicationInsights {
  readonly connectionString: string;
  readonly envelopes: readonly Envelope[];
  close(): Promise<void>;
}

/** Starts the endpoint; its clients must not check certificates. */
export async function startApplicationInsights(): Promise<ApplicationInsights> {
  const envelopes: Envelope[] = [];
  const server = createServer(selfSigned(), async (request, response) => {
    const body = await buffer(request);
    const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
    const items = JSON.parse(text.startsWith('[') ? text : `[${text.trim().split('\n').join()}]`) as {
      readonly name: string;
    }[];
    for (const item of items)
      envelopes.push({ kind: item.name.replace(/^.*\./, ''), text: JSON.stringify(item) });
    const answer = { itemsReceived: items.length, itemsAccepted: items.length, errors: [] };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const key = '00000000-0000-4000-8000-000000000001';
  return {
    connectionString: `InstrumentationKey=${key};IngestionEndpoint=https://127.0.0.1:${port}/`,
    envelopes,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A certificate that signs itself, in DER by hand: nothing else here needs one. */
function selfSigned(): { readonly key: string; readonly cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(0x30, Buffer.from('06082a8648ce3d040302', 'hex'));
  const commonName = der(0x30, Buffer.from('0603550403', 'hex'), der(0x0c, Buffer.from('localhost')));
  const name = der(0x30, der(0x31, commonName));
  const validity = der(
    0x30,
    der(0x17, Buffer.from('200101000000Z')),
    der(0x17, Buffer.from('490101000000Z')),
  );
  const subjectKey = publicKey.export({ type: 'spki', format: 'der' });
  const content = der(0x30, der(0x02, Buffer.from([1])), algorithm, name, validity, name, subjectKey);
  const signature = der(0x03, Buffer.from([0]), sign('sha256', content, privateKey));
  const lines =
    der(0x30, content, algorithm, signature)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
  };
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const length = content.length < 128 ? [content.length] : [0x82, content.length >> 8, content.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}
