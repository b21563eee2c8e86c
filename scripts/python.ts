import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { cached } from './cache';
import { findProgram, runCommand, runMain } from './command';

const parity = resolve(__dirname, '..', 'test', 'parity');
const requirements = join(parity, 'requirements.txt');
/** One import of each framework, as the parity scripts import them. */
const proofOfImports =
  'import frameworks, timm, transformers, keras, flax, pytorch_lightning, einops, safetensors, h5py, onnx';

/** A Python 3 to make environments with: `GRADLENS_PYTHON`, else the 3.11 that the wheels are pinned for, else any. */
export function findPython(): string {
  const python = process.env['GRADLENS_PYTHON'] ?? findProgram(['python3.11', 'python3']);
  if (python === undefined) throw new Error('No Python 3 was found: install it or set GRADLENS_PYTHON.');
  return python;
}

/** The Python of a cached virtual environment that holds test/parity/requirements.txt; made on first use. */
export async function pythonPath(): Promise<string> {
  const wanted = await readFile(requirements);
  const proof = join('bin', 'python');
  const version = createHash('sha256').update(wanted).digest('hex').slice(0, 12);
  return join(await cached({ name: 'python', version, proof, build: install }), proof);
}

async function install(directory: string): Promise<void> {
  console.log('Installing PyTorch, Keras and their models, the reference of the parity tests, once…');
  await runCommand(findPython(), ['-m', 'venv', directory]);
  const python = join(directory, 'bin', 'python');
  await runCommand(python, ['-m', 'pip', 'install', '--quiet', '--requirement', requirements]);
  await runCommand(python, ['-c', proofOfImports], { cwd: parity });
}

if (require.main === module)
  runMain(async () => {
    console.log(await pythonPath());
  });
