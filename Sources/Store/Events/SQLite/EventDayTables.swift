import Bytes
import Events
import FoundationEssentials
import GRDB

/// Reads and writes the tables of a day, within an access to its database.
struct EventDayTables {
  let database: Database

  init(_ database: Database) { self.database = database }

  private func statement(_ sql: String) throws -> Statement { try database.cachedStatement(sql: sql) }

  // MARK: Pending

  /// A row of `pending` without its content.
  struct PendingRow: Sendable {
    let id: Int64
    let events: Int
    let rawBytes: Int
    let least: Int64
    let greatest: Int64
    let firstPosition: Int64
    let lastPosition: Int64
    let receivedAt: Int64
  }

  func insert(_ row: PendingRow, content: [UInt8]) throws -> Int64 {
    try statement(
      """
      INSERT INTO pending (events, rawBytes, least, greatest, firstPosition, lastPosition, receivedAt, checksum, content)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """
    ).execute(arguments: [
      row.events, row.rawBytes, row.least, row.greatest, row.firstPosition, row.lastPosition, row.receivedAt,
      Data(EventBlock.checksum(head: content, originals: [])), Data(content),
    ])
    return database.lastInsertedRowID
  }

  func pendingRows() throws -> [PendingRow] {
    try Row.fetchAll(
      statement(
        "SELECT id, events, rawBytes, least, greatest, firstPosition, lastPosition, receivedAt FROM pending ORDER BY id"
      )
    ).map { row in
      PendingRow(
        id: row["id"], events: row["events"], rawBytes: row["rawBytes"], least: row["least"], greatest: row["greatest"],
        firstPosition: row["firstPosition"], lastPosition: row["lastPosition"], receivedAt: row["receivedAt"])
    }
  }

  /// - Returns: nil for a row that is damaged, or no longer there.
  func pending(_ id: Int64) throws -> PendingRecords? {
    guard
      let row = try Row.fetchOne(
        statement("SELECT checksum, content FROM pending WHERE id = ?"), arguments: [id])
    else { return nil }
    let content = [UInt8](row["content"] as Data)
    guard [UInt8](row["checksum"] as Data) == EventBlock.checksum(head: content, originals: []) else { return nil }
    return PendingRecords(content)
  }

  func deletePending(_ ids: [Int64]) throws {
    let statement = try statement("DELETE FROM pending WHERE id = ?")
    for id in ids { try statement.execute(arguments: [id]) }
  }

  // MARK: Blocks

  func insert(_ block: EventBlock) throws -> Int64 {
    let summary = block.summary
    try statement(
      """
      INSERT INTO block (dataset, hour, events, rawBytes, least, greatest, firstPosition, lastPosition, hasTimeless,
        receivedLast, checksum)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """
    ).execute(arguments: [
      summary.dataset.rawValue, summary.hour, summary.events, summary.rawBytes, summary.least, summary.greatest,
      summary.firstPosition, summary.lastPosition, summary.hasTimeless, summary.receivedLast, Data(block.checksum),
    ])
    let id = database.lastInsertedRowID
    let insert = try statement("INSERT INTO part (id, content) VALUES (?, ?)")
    for part in EventBlock.Part.allCases {
      try insert.execute(arguments: [id * 8 + part.rawValue, Data(block.parts[part] ?? [])])
    }
    return id
  }

  func blocks() throws -> [(id: Int64, summary: EventBlock.Summary)] {
    try Row.fetchAll(
      statement(
        """
        SELECT id, dataset, hour, events, rawBytes, least, greatest, firstPosition, lastPosition, hasTimeless,
          receivedLast FROM block ORDER BY id
        """)
    ).map { row in
      (
        row["id"],
        EventBlock.Summary(
          dataset: Dataset(rawValue: row["dataset"]), hour: row["hour"], events: row["events"],
          rawBytes: row["rawBytes"], least: row["least"], greatest: row["greatest"],
          firstPosition: row["firstPosition"], lastPosition: row["lastPosition"], hasTimeless: row["hasTimeless"],
          receivedLast: row["receivedLast"])
      )
    }
  }

  func part(_ part: EventBlock.Part, of block: Int64) throws -> [UInt8]? {
    try Data.fetchOne(statement("SELECT content FROM part WHERE id = ?"), arguments: [block * 8 + part.rawValue]).map {
      [UInt8]($0)
    }
  }

  /// - Returns: nil for a block that is damaged, or no longer there.
  func records(of block: Int64) throws -> StoredRecords? {
    guard let head = try part(.head, of: block), let originals = try part(.originals, of: block),
      let checksum = try Data.fetchOne(statement("SELECT checksum FROM block WHERE id = ?"), arguments: [block]),
      [UInt8](checksum) == EventBlock.checksum(head: head, originals: originals)
    else { return nil }
    return EventBlock.records(head: head, originals: originals)
  }

  func deleteBlock(_ id: Int64) throws {
    try statement("DELETE FROM block WHERE id = ?").execute(arguments: [id])
    try statement("DELETE FROM part WHERE id >= ? AND id < ?").execute(arguments: [id * 8, id * 8 + 8])
  }

  // MARK: Totals

  func lastPosition() throws -> Int64 {
    try Int64.fetchOne(
      statement(
        """
        SELECT max(coalesce((SELECT max(lastPosition) FROM block), 0), coalesce((SELECT max(lastPosition) FROM pending), 0))
        """)) ?? 0
  }
}
