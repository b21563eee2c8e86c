import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { commandIds } from '../../../src/editor/commandIds';
import { catalogue as rules } from '../../../src/rules';

interface Setting {
  readonly type: string;
  readonly default: unknown;
  readonly enum?: readonly string[];
  readonly markdownDescription: string;
}

const root = resolve(__dirname, '..', '..', '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category: string }[];
    readonly configuration: readonly { readonly properties: Readonly<Record<string, Setting>> }[];
  };
};
const settings = Object.assign(
  {},
  ...manifest.contributes.configuration.map(({ properties }) => properties),
) as Readonly<Record<string, Setting>>;

describe('package.json', () => {
  it('holds a severity for every rule of the catalogue, and for no other', () => {
    const declared = Object.keys(settings).filter((name) => name.startsWith('gradlens.rules.'));
    assert.deepEqual(declared.toSorted(), rules.map(({ id }) => `gradlens.rules.${id}`).toSorted());
    for (const rule of rules) {
      const setting = settings[`gradlens.rules.${rule.id}`];
      assert.ok(setting);
      assert.deepEqual(setting.enum, ['default', 'error', 'warning', 'information', 'off']);
      assert.equal(setting.default, 'default');
      assert.ok(setting.markdownDescription.includes(rule.title), `${rule.id}: ${rule.title}`);
      assert.ok(setting.markdownDescription.includes(rule.defaultSeverity), `${rule.id}: ${rule.defaultSeverity}`);
    }
  });

  it('has an explanation page for every rule', () => {
    for (const { id } of rules) assert.ok(existsSync(join(root, 'media', 'rules', `${id}.md`)), id);
  });

  it('declares only commands that are registered, all of one category', () => {
    for (const { command, category } of manifest.contributes.commands) {
      assert.ok((commandIds as readonly string[]).includes(command), command);
      assert.equal(category, 'GradLens');
    }
  });

  it('has a setting that hides each kind of lens, shown by default', () => {
    for (const kind of ['model', 'finding', 'probe'])
      assert.equal(settings[`gradlens.lens.${kind}`]?.default, true, kind);
  });
});
