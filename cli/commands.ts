/** All commands, in the order in which they are listed. */
import type { Command } from './command.ts';
import { account, accountNew, transfer } from './commands/account.ts';
import { agreement, agreements, end, rate } from './commands/agreements.ts';
import { dxAddress, dxDownload, dxUpload } from './commands/dx.ts';
import { collect, inferCommand } from './commands/infer.ts';
import {
  modelPublish,
  modelRegister,
  modelRetire,
  modelRoyalty,
  models,
  modelShow,
  modelTransfer,
} from './commands/models.ts';
import { accept, bids, cancel, order, orders } from './commands/orders.ts';
import { providers } from './commands/providers.ts';
import {
  operatorRemove,
  operatorSet,
  providerAnnounce,
  providerLeave,
  providerRegister,
  providerUnstake,
  providerWithdraw,
} from './commands/providing.ts';
import { modelBuy, modelSell, modelUnsell } from './commands/sale.ts';

export const commands: readonly Command[] = [
  ...[models, modelShow, providers],
  ...[order, orders, bids, accept, cancel],
  ...[inferCommand, collect],
  ...[agreements, agreement, end, rate],
  ...[account, accountNew, transfer],
  ...[modelRegister, modelPublish, modelRoyalty, modelRetire, modelTransfer],
  ...[modelSell, modelUnsell, modelBuy],
  ...[providerRegister, providerAnnounce, providerWithdraw, providerLeave, providerUnstake],
  ...[operatorSet, operatorRemove],
  ...[dxAddress, dxUpload, dxDownload],
];
