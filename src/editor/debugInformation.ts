import * as os from 'node:os';
import * as vscode from 'vscode';
import type { Backend } from '../probes/protocol';
import type { Analyses } from './analyses';

/** What a report of a fault needs: versions, settings, backend, and figures of the open files; neither names nor text of them. */
export function debugInformation(
  extension: vscode.Extension<unknown>,
  analyses: Analyses,
  probe: { readonly backend: Backend | undefined; readonly pid: number | undefined },
): string {
  const { version } = extension.packageJSON as { readonly version: string };
  const documents = vscode.workspace.textDocuments.flatMap((document) => {
    const known = analyses.known(document);
    return known === undefined
      ? []
      : [
          {
            lines: document.lineCount,
            upToDate: known.version === document.version,
            notes: known.analysis.notes.map(({ kind }) => kind),
            findings: known.analysis.findings.map(({ rule }) => rule),
            models: known.analysis.models.map(({ network, report, findings }) => ({
              framework: network.framework,
              operations: network.nodes.map(({ op }) => op.kind).join(' '),
              judgedOverDepth: report.depth !== undefined,
              findings: findings.map(({ rule }) => rule),
              notes: network.notes.map(({ kind }) => kind),
            })),
          },
        ];
  });
  return JSON.stringify(
    {
      gradlens: version,
      vscode: vscode.version,
      host: vscode.env.appHost,
      remote: vscode.env.remoteName ?? null,
      trusted: vscode.workspace.isTrusted,
      node: process.version,
      platform: `${process.platform} ${process.arch} ${os.release()}`,
      processors: os.cpus().length,
      memory: `${Math.round(os.totalmem() / 2 ** 30)} GiB`,
      probe: { running: probe.pid !== undefined, backend: probe.backend ?? null },
      settings: vscode.workspace.getConfiguration('gradlens'),
      documents,
    },
    undefined,
    2,
  );
}
