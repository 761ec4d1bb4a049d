import Bytes
import Events
import Findings
package import Report
package import Store

extension EventReading {
  /// What an answer rests on, as it is reported.
  ///
  /// - Parameter timeless: number of events that a range of time left out for want of a time.
  package func basis(timeless: Int) -> EventBasis {
    var basis = EventBasis()
    basis.events = events
    basis.unparsed = unparsed
    basis.timeless = timeless
    basis.notRead = problems.filter(\.hidesInput)
    return basis
  }
}

extension FoundEvent {
  /// The event by the name under which it is asked for again.
  ///
  /// - Parameter files: number of files that were read.
  package func reported(files: Int) -> ReportedEvent {
    switch id {
    case .line(let line, let file): ReportedEvent(id: files > 1 ? "\(file):\(line)" : String(line), event)
    case .position(let position): ReportedEvent(id: String(position.number), event)
    }
  }
}

extension EventStoreAnswer {
  package init(_ status: EventStoreStatus) {
    self.init(
      days: status.days.map {
        Day(
          day: $0.day.text, events: $0.events, blocks: $0.blocks, rawBytes: $0.rawBytes, storedBytes: $0.storedBytes)
      },
      sources: status.sources.map {
        Source(dataset: $0.dataset.rawValue, events: $0.events, rawBytes: $0.rawBytes)
      }, pending: status.pendingEvents, problems: status.problems)
  }
}
