/// Types of the API group `events.k8s.io`, as `APITypes` reads them. Written by `scripts/api-types` from k8s.io/api v0.36.2.
enum EventsTypes {
  static let v1 = """
    Event
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta
     eventTime MicroTime
     series *EventSeries ?
     reportingController string ?
     reportingInstance string ?
     action string ?
     reason string ?
     regarding core/v1.ObjectReference ?
     related *core/v1.ObjectReference ?
     note string ?
     type string ?
     deprecatedSource core/v1.EventSource ?
     deprecatedFirstTimestamp Time ?
     deprecatedLastTimestamp Time ?
     deprecatedCount int32 ?
    EventSeries
     count int32
     lastObservedTime MicroTime
    """
}
