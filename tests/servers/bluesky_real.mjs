// Bluesky's own servers, kept on the loopback address; `bluesky_real.py` starts this.
// MODE=pds: a directory of did:plc and a PDS. MODE=full: with the app view behind it, which needs PostgreSQL
// (DB_POSTGRES_URL) and Redis (REDIS_HOST), and a feed. One line of JSON says where everything is; a call to
// `settle` returns once the app view has seen all that was written.
import fs from 'node:fs/promises'
import http from 'node:http'
import net from 'node:net'
import path from 'node:path'
import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const { PACKAGES, FOLDER, MODE } = process.env
const HOST = '127.0.0.1'

// None of these servers can be told an address to listen on.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (first, ...rest) {
  if (first !== null && typeof first === 'object' && 'port' in first) {
    return listen.call(this, { ...first, host: HOST }, ...rest)
  }
  if (typeof first === 'number' || (typeof first === 'string' && /^\d+$/.test(first))) {
    return listen.call(this, Number(first), HOST, ...rest.filter((one) => typeof one === 'function'))
  }
  return listen.call(this, first, ...rest)
}

async function load(name) {
  const folder = path.join(PACKAGES, 'node_modules', name)
  const about = JSON.parse(await fs.readFile(path.join(folder, 'package.json'), 'utf8'))
  const entry = about.exports?.['.'] ?? about.exports
  const file = typeof entry === 'string' ? entry : (entry?.default ?? entry?.import)
  if (file) return import(pathToFileURL(path.join(folder, file)))
  return import(pathToFileURL(createRequire(path.join(PACKAGES, 'package.json')).resolve(name)))
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer()
    probe.once('error', reject)
    probe.listen(0, () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

async function bare() {
  const loaded = await load('@did-plc/server')
  const { PlcServer, Database } = loaded.PlcServer ? loaded : loaded.default
  const { PDS } = await load('@atproto/pds')
  const [plc, port] = [await freePort(), await freePort()]
  await PlcServer.create({ db: Database.mock(), port: plc }).start()
  await fs.mkdir(path.join(FOLDER, 'pds'), { recursive: true })
  const server = await PDS.fromEnv({
    devMode: true,
    port,
    hostname: 'localhost',
    didPlcUrl: `http://localhost:${plc}`,
    dataDirectory: path.join(FOLDER, 'pds'),
    blobstoreDiskLocation: path.join(FOLDER, 'blobs'),
    adminPassword: randomBytes(16).toString('hex'),
    jwtSecret: randomBytes(16).toString('hex'),
    plcRotationKeyK256PrivateKeyHex: randomBytes(32).toString('hex'),
    serviceHandleDomains: ['.test'],
    inviteRequired: false,
    disableSsrfProtection: true,
    enableDidDocWithSession: true,
    bskyAppViewUrl: `http://localhost:${await freePort()}`, // nobody listens there
    bskyAppViewDid: 'did:example:nobody',
    modServiceUrl: `http://localhost:${await freePort()}`,
    modServiceDid: 'did:example:nobody',
  })
  await server.start()
  const pds = `http://localhost:${port}`
  return { plc: `http://localhost:${plc}`, pds, appview: pds, settle: '' }
}

async function full() {
  const { TestNetwork, mockMailer } = await load('@atproto/dev-env')
  const [plc, pds, bsky, ozone] = [await freePort(), await freePort(), await freePort(), await freePort()]
  const network = await TestNetwork.create({
    dbPostgresSchema: 'network',
    plc: { port: plc },
    pds: { port: pds, hostname: 'localhost', enableDidDocWithSession: true },
    bsky: { port: bsky, publicUrl: `http://localhost:${bsky}` },
    ozone: { port: ozone },
  })
  mockMailer?.(network.pds)
  const settled = http.createServer(async (_, answer) => {
    await network.processAll()
    answer.end('settled')
  })
  const port = await freePort()
  settled.listen(port)
  const at = (one) => `http://localhost:${one}`
  return { plc: at(plc), pds: at(pds), appview: at(bsky), settle: at(port) }
}

const where = MODE === 'full' ? await full() : await bare()
console.log(`READY ${JSON.stringify(where)}`)
