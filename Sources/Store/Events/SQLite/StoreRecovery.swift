import Bytes
import Findings
import GRDB

/// What a store held when it was last written to: the writes that are not packed yet, and what blocks there are.
struct StoreRecovery {
  struct Write {
    let day: CalendarDate
    let row: Int64
    let events: [StoredEvent]
    let keys: [EventKey?]
    let rawBytes: Int
    let receivedAt: Int64
  }

  private(set) var writes: [Write] = []
  private(set) var index = BlockIndex()
  private(set) var last: Int64 = 0
  private(set) var problems: [Problem] = []

  init(_ folder: EventFolder) throws(BartizanError) {
    let present = try folder.days()
    problems += try folder.missingDays(present).map(folder.missing)
    try folder.list(also: present)
    for day in present {
      let file = folder.file(of: day)
      // Opened for writing it would become a day without events, of which nothing tells that there were any.
      if EventFolder.isEmpty(file) ?? false {
        problems.append(
          Problem(
            code: "damaged", location: Location(file: file), message: EventFolder.gone("an empty file")))
        continue
      }
      do {
        // SQLite itself brings the file into order, for which it must be writable.
        let queue = try folder.open(day)
        defer { try? queue.close() }
        try queue.inDatabase { database in
          let tables = EventDayTables(database)
          last = max(last, try tables.lastPosition())
          for block in try tables.blocks() { index.add(block.summary, day, block.id) }
          for row in try tables.pendingRows() {
            guard let content = try tables.pending(row.id) else {
              problems.append(
                Problem(
                  code: "damaged", location: Location(file: file),
                  message: "write \(row.id) with \(Phrase.count(row.events, "event")) is damaged; it is left as it is"))
              continue
            }
            writes.append(
              Write(
                day: day, row: row.id, events: content.records.events(), keys: content.keys, rawBytes: row.rawBytes,
                receivedAt: row.receivedAt))
          }
        }
      } catch {
        let failure = EventFolder.error(error, file)
        guard failure.code == .storeDamaged else { throw failure }
        problems.append(Problem(code: "damaged", location: Location(file: file), message: failure.message))
      }
    }
  }
}
