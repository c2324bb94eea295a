export interface ParkedEventCommand {
  readonly type: 'retry-parked-event' | 'discard-parked-event';
  readonly projection: string;
  readonly stream: string;
  readonly eventId: string;
}

export interface RequestRebuild {
  readonly type: 'request-rebuild';
  readonly projection: string;
}

export type OperationCommand = ParkedEventCommand | RequestRebuild;
