import Bytes
import Events
import GRDB

/// What is known of all blocks while a store is written to, by which an event that comes again is recognised.
struct BlockIndex: Sendable {
  private struct Name: Hashable {
    let dataset: Dataset
    let hour: Int64
  }

  private struct Entry: Sendable {
    let day: CalendarDate
    let id: Int64
    let events: Int
    let least: Int64
    let greatest: Int64
    let hasTimeless: Bool
    let receivedLast: Int64
  }

  /// Blocks of one source and hour in the order in which they were packed, which is nearly that of their events.
  private struct Sequence: Sendable {
    private(set) var entries: [Entry] = []
    /// The last moment of each block and of all before it.
    private var reach: [Int64] = []

    mutating func append(_ entry: Entry) {
      entries.append(entry)
      reach.append(max(reach.last ?? .min, entry.greatest))
    }

    mutating func remove(_ isGone: (Entry) -> Bool) {
      let left = entries.filter { !isGone($0) }
      self = Sequence()
      for entry in left { append(entry) }
    }

    /// The blocks that a moment lies in, the latest first. What arrives in order looks at one of them, however many there are.
    func around(_ moment: Int64) -> [Entry] {
      var found: [Entry] = []
      var place = entries.count - 1
      while place >= 0, reach[place] >= moment {
        if entries[place].least <= moment, moment <= entries[place].greatest { found.append(entries[place]) }
        place -= 1
      }
      return found
    }
  }

  private struct BlockID: Hashable {
    let day: CalendarDate
    let id: Int64
  }

  /// Events without a time of their own are recognised for so long after they were received.
  private static let timelessSpan: Int64 = 86_400_000_000_000
  /// Maximum number of blocks whose keys and originals are kept in memory.
  private static let mostKeys = 512
  private static let mostOriginals = 16

  private var entries: [Name: Sequence] = [:]
  /// Blocks with events without a time, by source.
  private var timeless: [Dataset: [Entry]] = [:]
  private var keys: [BlockID: [UInt32]] = [:]
  private var keyOrder: [BlockID] = []
  private var originals: [BlockID: Set<EventKey>] = [:]
  private var originalOrder: [BlockID] = []
  /// Of blocks that are about to be replaced.
  private var pinned: [BlockID: (keys: [UInt32], originals: Set<EventKey>)] = [:]

  /// - Parameter keys: as the block has them; nil to read them when they are asked for.
  mutating func add(_ summary: EventBlock.Summary, _ day: CalendarDate, _ id: Int64, keys: [UInt8]? = nil) {
    let entry = Entry(
      day: day, id: id, events: summary.events, least: summary.least, greatest: summary.greatest,
      hasTimeless: summary.hasTimeless, receivedLast: summary.receivedLast)
    entries[Name(dataset: summary.dataset, hour: summary.hour), default: Sequence()].append(entry)
    if summary.hasTimeless { timeless[summary.dataset, default: []].append(entry) }
    if let keys, let list = EventBlock.keys(keys) { keep(list, BlockID(day: day, id: id)) }
  }

  /// Keeps the content of a block in memory until it is removed.
  mutating func pin(_ day: CalendarDate, _ id: Int64, keys: [UInt32], originals: Set<EventKey>) {
    pinned[BlockID(day: day, id: id)] = (keys, originals)
  }

  mutating func remove(_ day: CalendarDate, _ id: Int64) {
    pinned[BlockID(day: day, id: id)] = nil
    remove { $0.day == day && $0.id == id }
  }

  mutating func remove(_ day: CalendarDate) { remove { $0.day == day } }

  private mutating func remove(_ isGone: (Entry) -> Bool) {
    for (name, list) in entries where list.entries.contains(where: isGone) { entries[name]?.remove(isGone) }
    for (dataset, list) in timeless where list.contains(where: isGone) {
      timeless[dataset] = list.filter { !isGone($0) }
    }
  }

  /// A block of a day that has room for more events of the same source and hour.
  func small(_ dataset: Dataset, _ hour: Int64, _ day: CalendarDate, atMost events: Int) -> Int64? {
    entries[Name(dataset: dataset, hour: hour)]?.entries.last { $0.day == day && $0.events < events }?.id
  }

  /// Whether an event is in a block.
  mutating func contains(_ event: Event, _ key: EventKey, _ folder: EventFolder, now: Timestamp) -> Bool {
    let candidates: [Entry]
    if let time = event.time?.nanoseconds {
      candidates = entries[Name(dataset: event.dataset, hour: EventBlock.hour(time))]?.around(time) ?? []
    } else {
      let (limit, over) = now.nanoseconds.subtractingReportingOverflow(Self.timelessSpan)
      candidates = (timeless[event.dataset] ?? []).filter { over || $0.receivedLast >= limit }
    }
    for entry in candidates {
      let block = BlockID(day: entry.day, id: entry.id)
      guard let known = keys(of: block, folder), Self.contains(known, key.short) else { continue }
      // One key in a million agrees by chance; the original tells.
      if originals(of: block, folder)?.contains(EventKey(originalOf: event)) ?? false { return true }
    }
    return false
  }

  private static func contains(_ keys: [UInt32], _ key: UInt32) -> Bool {
    var low = 0
    var high = keys.count
    while low < high {
      let middle = (low + high) / 2
      if keys[middle] < key { low = middle + 1 } else { high = middle }
    }
    return low < keys.count && keys[low] == key
  }

  // MARK: Parts

  private mutating func keep(_ list: [UInt32], _ block: BlockID) {
    keys[block] = list
    keyOrder.append(block)
    if keyOrder.count > Self.mostKeys { keys[keyOrder.removeFirst()] = nil }
  }

  private mutating func keys(of block: BlockID, _ folder: EventFolder) -> [UInt32]? {
    if let known = pinned[block]?.keys ?? keys[block] { return known }
    guard let bytes = Self.read(block, folder, { try $0.part(.keys, of: block.id) }),
      let list = EventBlock.keys(bytes)
    else { return nil }
    keep(list, block)
    return list
  }

  private mutating func originals(of block: BlockID, _ folder: EventFolder) -> Set<EventKey>? {
    if let known = pinned[block]?.originals ?? originals[block] { return known }
    guard let records = Self.read(block, folder, { try $0.records(of: block.id) }) else { return nil }
    let set = Set(records.events().map { EventKey(originalOf: $0.event) })
    originals[block] = set
    originalOrder.append(block)
    if originalOrder.count > Self.mostOriginals { originals[originalOrder.removeFirst()] = nil }
    return set
  }

  /// A block that cannot be read is one that no event is known from: storing twice is better than losing.
  private static func read<T>(_ block: BlockID, _ folder: EventFolder, _ body: (EventDayTables) throws -> T?) -> T? {
    guard let queue = try? folder.read(block.day) else { return nil }
    defer { try? queue.close() }
    return try? queue.inDatabase { try body(EventDayTables($0)) }
  }
}
