import { openSibling, type CheckpointFile } from '../access';
import type { CheckpointNote, Contents, StoredTensor } from '../checkpoint';
import { CheckpointError } from '../error';
import { isRecord } from '../json';

/** `model.safetensors.index.json` and `pytorch_model.bin.index.json`: which tensor lies in which of the files beside it. */
interface ShardIndex {
  readonly weight_map: Readonly<Record<string, unknown>>;
}

export function isShardIndex(index: unknown): index is ShardIndex {
  return isRecord(index) && isRecord(index['weight_map']);
}

const maximalShards = 10_000;

/** @throws CheckpointError where a shard is missing, broken, or lacks a tensor that the index promises */
export async function readShards(
  file: CheckpointFile,
  { weight_map: places }: ShardIndex,
  read: (part: CheckpointFile) => Promise<Contents>,
): Promise<Contents> {
  const paths = new Set(Object.values(places));
  if (paths.size === 0 || paths.size > maximalShards) throw new CheckpointError(`its index names ${paths.size} shards`);
  const tensors = new Map<string, StoredTensor>();
  const notes: CheckpointNote[] = [];
  const shards: Contents[] = [];
  for (const path of paths) {
    const shard = await readShard(file, path, read);
    shards.push(shard);
    notes.push(...shard.notes);
    for (const tensor of shard.tensors) if (places[tensor.info.name] === path) tensors.set(tensor.info.name, tensor);
  }
  const ordered = Object.entries(places).map(([name, path]) => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new CheckpointError(`its shard ${JSON.stringify(path)} has no tensor ‘${name}’`);
    return tensor;
  });
  const [first] = shards;
  return {
    format: first?.format ?? 'safetensors',
    tensors: ordered,
    notes,
    release: () => {
      for (const { release } of shards) release?.();
    },
  };
}

async function readShard(
  file: CheckpointFile,
  path: unknown,
  read: (part: CheckpointFile) => Promise<Contents>,
): Promise<Contents> {
  const content = await openSibling(file, path);
  try {
    return await read({ name: String(path), content, sibling: refuseMore, close: () => undefined });
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    throw new CheckpointError(`its shard ${JSON.stringify(path)} cannot be read: ${error.message}`);
  }
}

function refuseMore(): Promise<never> {
  return Promise.reject(new CheckpointError('a shard names further files'));
}
