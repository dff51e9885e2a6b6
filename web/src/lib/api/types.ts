// The shapes of the API by their names; all of them come from the OpenAPI document (`npm run generate`), but for those of
// the policy studio, which are its contract's until the document has them.
import type { ContractPaths } from '$lib/policy/contract';
import type { components, paths } from './schema';

export type Paths = Omit<paths, keyof ContractPaths> & ContractPaths;
export type Schemas = components['schemas'];

export type Party = Schemas['Party'];
export type Role = Schemas['Role'];
export type Session = Schemas['Session'];
export type CaseRow = Schemas['CaseRow'];
export type CaseView = Schemas['CaseView'];
export type CaseHead = Schemas['CaseHead'];
export type CaseCounts = Schemas['CaseCounts'];
export type Due = Schemas['Due'];
export type PostView = Schemas['PostView'];
export type NoteView = Schemas['NoteView'];
export type ObligationView = Schemas['ObligationView'];
export type DeliveryView = Schemas['DeliveryView'];
export type Visibility = Schemas['Visibility'];
export type DecisionView = Schemas['DecisionView'];
export type RuleTrace = Schemas['RuleTrace'];
export type GuardVerdict = Schemas['GuardVerdict'];
export type ReplyCheck = Schemas['ReplyCheck'];
export type Template = Schemas['Template'];
export type Diagnostic = Schemas['Diagnostic'];
export type BundleTests = Schemas['BundleTests'];
export type BundleCheck = Schemas['BundleCheck'];
export type Draft = Schemas['Draft'];
export type ConnectorView = Schemas['ConnectorView'];
export type ConnectionView = Schemas['ConnectionView'];
export type LogLine = Schemas['LogLine'];
export type User = Schemas['User'];
export type Token = Schemas['Token'];
export type Files = Record<string, string>;

export type * from '$lib/policy/contract';
