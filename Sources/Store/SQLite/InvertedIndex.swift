import FoundationEssentials
import GRDB

/// Which images hold a package: the inverted index. Images are numbered in the order in which they are added, so that a list grows
/// at its end; it is kept in parts, of which only the last is written anew, once for all the images of a run.
final class InvertedIndex {
  private let database: Database
  private var pending: [Int64: [Int64]] = [:]

  /// Most images of a part, some two thousand bytes.
  private static let largest = 1_500

  init(_ database: Database) { self.database = database }

  private func statement(_ sql: String) throws -> Statement { try database.cachedStatement(sql: sql) }

  func add(_ image: Int64, to package: Int64) { pending[package, default: []].append(image) }

  /// Writes what was added.
  func flush() throws {
    for (package, added) in pending.sorted(by: { $0.key < $1.key }) {
      let row = try Row.fetchOne(
        statement("SELECT first, images FROM imagesOfPackage WHERE package = ? ORDER BY first DESC LIMIT 1"),
        arguments: [package])
      let last = row.map { NumberList.numbers($0["images"]) } ?? []
      let sorted = added.sorted()
      if let end = last.last, let least = sorted.first, least <= end {
        // An image that was read again goes where its number belongs.
        try replace(package, with: Array(Set(try stored(package) + sorted)).sorted())
        continue
      }
      if let row, last.count < Self.largest {
        try delete(package, part: row["first"])
        try insert(package, last + sorted)
      } else {
        try insert(package, sorted)
      }
    }
    pending = [:]
  }

  /// In order.
  func images(of package: Int64) throws -> [Int64] {
    try flush()
    return try stored(package)
  }

  func hasAny(_ package: Int64) throws -> Bool {
    try flush()
    return try Bool.fetchOne(
      statement("SELECT EXISTS (SELECT 1 FROM imagesOfPackage WHERE package = ?)"), arguments: [package]) ?? false
  }

  func remove(_ image: Int64, from package: Int64) throws {
    try flush()
    let row = try Row.fetchOne(
      statement(
        "SELECT first, images FROM imagesOfPackage WHERE package = ? AND first <= ? ORDER BY first DESC LIMIT 1"),
      arguments: [package, image])
    guard let row else { return }
    let rest = NumberList.numbers(row["images"]).filter { $0 != image }
    try delete(package, part: row["first"])
    if !rest.isEmpty { try insert(package, rest) }
  }

  private func stored(_ package: Int64) throws -> [Int64] {
    try Data.fetchAll(
      statement("SELECT images FROM imagesOfPackage WHERE package = ? ORDER BY first"), arguments: [package]
    ).flatMap(NumberList.numbers)
  }

  private func replace(_ package: Int64, with images: [Int64]) throws {
    try statement("DELETE FROM imagesOfPackage WHERE package = ?").execute(arguments: [package])
    try insert(package, images)
  }

  private func delete(_ package: Int64, part: Int64) throws {
    try statement("DELETE FROM imagesOfPackage WHERE package = ? AND first = ?").execute(arguments: [package, part])
  }

  private func insert(_ package: Int64, _ images: [Int64]) throws {
    for start in stride(from: 0, to: images.count, by: Self.largest) {
      let part = Array(images[start..<min(start + Self.largest, images.count)])
      try statement("INSERT INTO imagesOfPackage (package, first, images) VALUES (?, ?, ?)").execute(
        arguments: [package, part[0], NumberList.data(part)])
    }
  }
}
