import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ProposedEvent, ScriptedEvent, ScriptedExpectation } from './scripted-log.fixture.ts';

const { Empty, StreamIdentifier, UUID } = shared;
const { AppendReq, AppendResp, ReadResp } = streams;

type AppendRequest = InstanceType<typeof AppendReq>;
type AppendResponse = InstanceType<typeof AppendResp>;
type ReadResponse = InstanceType<typeof ReadResp>;

export function streamNameIn(identifier: InstanceType<typeof StreamIdentifier> | undefined): string {
  return Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');
}

export function expectationIn(options: ReturnType<AppendRequest['getOptions']>): ScriptedExpectation {
  if (options?.hasNoStream()) return 'no-stream';
  return options?.hasRevision() ? Number(options.getRevision()) : 'any';
}

export function proposedIn(message: NonNullable<ReturnType<AppendRequest['getProposedMessage']>>): ProposedEvent {
  const metadata = message.getMetadataMap();
  return {
    id: message.getId()?.getString() ?? '',
    type: metadata.get('type') ?? '',
    contentType: metadata.get('content-type') ?? '',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

export function appended({ revision, position }: ScriptedEvent): AppendResponse {
  const place = new AppendResp.Position();
  place.setCommitPosition(String(position));
  place.setPreparePosition(String(position));
  const success = new AppendResp.Success();
  success.setCurrentRevision(String(revision));
  success.setPosition(place);
  const response = new AppendResp();
  response.setSuccess(success);
  return response;
}

export function wrongVersion(end: number, expected: ScriptedExpectation): AppendResponse {
  const wrong = new AppendResp.WrongExpectedVersion();
  if (end < 0) wrong.setCurrentNoStream(new Empty());
  else wrong.setCurrentRevision(String(end));
  if (typeof expected === 'number') wrong.setExpectedRevision(String(expected));
  else wrong.setExpectedNoStream(new Empty());
  const response = new AppendResp();
  response.setWrongExpectedVersion(wrong);
  return response;
}

export function readEvent(event: ScriptedEvent): ReadResponse {
  const recorded = new ReadResp.ReadEvent.RecordedEvent();
  const id = new UUID();
  id.setString(event.id);
  recorded.setId(id);
  recorded.setStreamIdentifier(identifier(event.stream));
  recorded.setStreamRevision(String(event.revision));
  recorded.setPreparePosition(String(event.position));
  recorded.setCommitPosition(String(event.position));
  recorded.getMetadataMap().set('type', event.type);
  recorded.getMetadataMap().set('content-type', event.contentType);
  recorded.getMetadataMap().set('created', String(event.created));
  recorded.setCustomMetadata(event.metadata);
  recorded.setData(event.data);
  const read = new ReadResp.ReadEvent();
  read.setEvent(recorded);
  read.setCommitPosition(String(event.position));
  const response = new ReadResp();
  response.setEvent(read);
  return response;
}

export function streamNotFound(stream: string): ReadResponse {
  const missing = new ReadResp.StreamNotFound();
  missing.setStreamIdentifier(identifier(stream));
  const response = new ReadResp();
  response.setStreamNotFound(missing);
  return response;
}

export function confirmation(): ReadResponse {
  const confirmed = new ReadResp.SubscriptionConfirmation();
  confirmed.setSubscriptionId('scripted');
  const response = new ReadResp();
  response.setConfirmation(confirmed);
  return response;
}

function identifier(stream: string): InstanceType<typeof StreamIdentifier> {
  const name = new StreamIdentifier();
  name.setStreamName(Uint8Array.from(Buffer.from(stream)));
  return name;
}
