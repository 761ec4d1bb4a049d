import Bytes
import Findings
import FoundationEssentials
import GRDB
import Images

/// The tables of the ledger in one transaction.
final class LedgerTables {
  private let database: Database
  /// What applies to packages that many images of one look hold.
  private var known: [Int64: [KnownMatch]] = [:]
  /// Numbers of packages, for the same reason.
  private var numbers: [SoftwarePackage: Int64] = [:]
  private let holders: HolderIndex

  init(_ database: Database) {
    self.database = database
    holders = HolderIndex(database)
  }

  private func statement(_ sql: String) throws -> Statement { try database.cachedStatement(sql: sql) }

  private func run(_ sql: String, _ arguments: StatementArguments) throws {
    try statement(sql).execute(arguments: arguments)
  }

  // MARK: Looks

  func lastLook() throws -> (time: String, store: String, risks: String)? {
    try Row.fetchOne(statement("SELECT time, store, risks FROM look ORDER BY id DESC LIMIT 1")).map {
      ($0[0], $0[1], $0[2])
    }
  }

  func begin(_ state: AdvisoryState) throws -> Int64 {
    try run(
      "INSERT INTO look (time, store, risks, built) VALUES (?, ?, ?, ?)",
      [state.time, state.storeDigest, state.riskDigest, state.built])
    return database.lastInsertedRowID
  }

  /// Writes what is left to be written, and counts.
  func finish(_ report: inout LookReport) throws {
    try holders.flush()
    report.images = try Int.fetchOne(statement("SELECT count(*) FROM image")) ?? 0
    report.packages = try Int.fetchOne(statement("SELECT count(*) FROM package")) ?? 0
    let names = try currentNames(of: Set(report.news.flatMap(\.images) + report.added))
    report.names = names
    report.news = report.news.compactMap { news in
      let images = news.images.filter { names[$0] != nil }
      return images.isEmpty ? nil : PackageNews(package: news.package, changes: news.changes, images: images)
    }.sorted { SoftwarePackage.precedes($0.package, $1.package) }
  }

  /// Judges the packages of the names of which something else is said than before.
  func rematch(
    _ judge: inout AdvisoryMatcher, _ look: Int64, isAll: Bool, _ report: inout LookReport
  ) throws {
    var changed: [(id: Int64, mark: Int64)] = []
    let questions = try Row.fetchCursor(
      statement("SELECT id, ecosystem, name, mark FROM question ORDER BY ecosystem, name"))
    while let row = try questions.next() {
      let mark = Int64(bitPattern: judge.mark(of: row[2], in: Ecosystem(row[1] as String)))
      guard isAll || mark != row[3] else { continue }
      changed.append((row[0], mark))
    }
    report.changedNames = changed.count
    for (question, mark) in changed {
      try run("UPDATE question SET mark = ? WHERE id = ?", [mark, question])
      let packages = try Row.fetchAll(
        statement(
          """
          SELECT id, ecosystem, name, version, source, sourceVersion FROM package WHERE question = ?
          ORDER BY ecosystem, name, version, source, sourceVersion
          """), arguments: [question])
      for row in packages {
        report.rematched += 1
        let (id, package) = Self.package(row)
        let changes = MatchChange.between(try open(id), try judge.matches(of: package))
        guard !changes.isEmpty else { continue }
        for change in changes { try keep(change, id, look) }
        report.news.append(PackageNews(package: package, changes: changes, images: try holders.images(of: id)))
      }
    }
  }

  /// The columns id, ecosystem, name, version, source, sourceVersion.
  private static func package(_ row: Row) -> (Int64, SoftwarePackage) {
    func text(_ column: Int) -> String? {
      let value: String = row[column]
      return value.isEmpty ? nil : value
    }
    return (
      row[0],
      SoftwarePackage(
        ecosystem: Ecosystem(row[1] as String), name: row[2], version: row[3], source: text(4), sourceVersion: text(5),
        path: "")
    )
  }

  private func open(_ package: Int64) throws -> [KnownMatch] {
    if let matches = known[package] { return matches }
    let matches = try Row.fetchAll(
      statement("SELECT advisory, flaws, fix, level FROM open WHERE package = ? ORDER BY advisory"),
      arguments: [package]
    ).map { Self.match($0, 0) }
    known[package] = matches
    return matches
  }

  /// The columns advisory, flaws, fix, level, from one on.
  private static func match(_ row: Row, _ first: Int) -> KnownMatch {
    KnownMatch(
      advisory: row[first], flaws: (row[first + 1] as String).split(separator: " ").map(String.init),
      fix: row[first + 2], level: Priority.Level(rawValue: row[first + 3]) ?? .unknown)
  }

  /// Writes what changed, and the state after it.
  private func keep(_ change: MatchChange, _ package: Int64, _ look: Int64) throws {
    known[package] = nil
    let match = change.match
    let flaws = match.flaws.joined(separator: " ")
    try run(
      "INSERT INTO event (look, package, kind, isOpen, advisory, flaws, fix, level) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      [look, package, change.kind.rawValue, change.isOpen, match.advisory, flaws, match.fix, match.level.rawValue])
    if change.isOpen {
      try run(
        "INSERT OR REPLACE INTO open (package, advisory, flaws, fix, level) VALUES (?, ?, ?, ?, ?)",
        [package, match.advisory, flaws, match.fix, match.level.rawValue])
    } else {
      try run("DELETE FROM open WHERE package = ? AND advisory = ?", [package, match.advisory])
    }
  }

  // MARK: Images

  /// An image that is known, and of which something else was read than before, begins anew.
  func add(_ image: LedgerImage, _ judge: inout AdvisoryMatcher, _ look: Int64, _ report: inout LookReport) throws {
    var packages: [(id: Int64, package: SoftwarePackage)] = []
    for package in image.packages { packages.append((try number(of: package, &judge, look), package)) }
    let held = packages.map(\.id).sorted()
    let known = try Row.fetchOne(
      statement("SELECT id, digest, packages FROM image WHERE key = ?"), arguments: [image.key])
    let before = known.map { NumberList.numbers($0[2]) } ?? []
    let id: Int64
    if let known {
      id = known[0]
      if !image.digest.isEmpty, image.digest != known[1] {
        try run("UPDATE image SET digest = ? WHERE id = ?", [image.digest, id])
      }
    } else {
      try run(
        "INSERT INTO image (key, digest, system, look, packages) VALUES (?, ?, ?, ?, ?)",
        [image.key, image.digest, image.system, look, NumberList.data(held)])
      id = database.lastInsertedRowID
      report.added.append(id)
    }
    try tag(image.name, id, look, &report)
    guard held != before else { return }
    let old = Set(before)
    let new = Set(held)
    if known != nil {
      try run("UPDATE image SET look = ?, packages = ? WHERE id = ?", [look, NumberList.data(held), id])
    }
    for package in before where !new.contains(package) {
      let changes = try open(package).map { MatchChange(kind: .gone, match: $0, isOpen: false) }
      if !changes.isEmpty, let row = try row(of: package) {
        report.news.append(PackageNews(package: Self.package(row).1, changes: changes, images: [id]))
      }
      try drop(package, from: id)
    }
    for (package, _) in packages where !old.contains(package) { holders.add(id, to: package) }
    for (number, package) in packages where !old.contains(number) {
      let changes = try open(number).map { MatchChange(kind: .new, match: $0, isOpen: true) }
      if !changes.isEmpty { report.news.append(PackageNews(package: package, changes: changes, images: [id])) }
    }
  }

  private func packages(of image: Int64) throws -> [Int64] {
    try Data.fetchOne(statement("SELECT packages FROM image WHERE id = ?"), arguments: [image]).map(NumberList.numbers)
      ?? []
  }

  private func row(of package: Int64) throws -> Row? {
    try Row.fetchOne(
      statement("SELECT id, ecosystem, name, version, source, sourceVersion FROM package WHERE id = ?"),
      arguments: [package])
  }

  /// Takes a package out of an image, and out of the ledger where no other image holds it.
  private func drop(_ package: Int64, from image: Int64) throws {
    try holders.remove(image, from: package)
    guard try !holders.hasAny(package) else { return }
    numbers = [:]
    known[package] = nil
    for table in ["open", "event"] { try run("DELETE FROM \(table) WHERE package = ?", [package]) }
    try run("DELETE FROM package WHERE id = ?", [package])
  }

  /// Says what a name means from now on.
  private func tag(_ name: String, _ image: Int64, _ look: Int64, _ report: inout LookReport) throws {
    let before = try Int64.fetchOne(
      statement("SELECT image FROM tag WHERE name = ? ORDER BY look DESC LIMIT 1"), arguments: [name])
    guard before != image else { return }
    if before != nil { report.moved.append(name) }
    try run("INSERT OR REPLACE INTO tag (name, look, image) VALUES (?, ?, ?)", [name, look, image])
  }

  /// The number of a package; one that was not known is judged.
  private func number(of package: SoftwarePackage, _ judge: inout AdvisoryMatcher, _ look: Int64) throws -> Int64 {
    if let number = numbers[package] { return number }
    let number = try find(package, &judge, look)
    numbers[package] = number
    return number
  }

  private func find(_ package: SoftwarePackage, _ judge: inout AdvisoryMatcher, _ look: Int64) throws -> Int64 {
    let asked = package.source ?? package.name
    let key = Ecosystem(package.ecosystem.name).normalized(asked)
    let question: Int64
    if let known = try Int64.fetchOne(
      statement("SELECT id FROM question WHERE ecosystem = ? AND name = ?"),
      arguments: [package.ecosystem.name, key])
    {
      question = known
    } else {
      let mark = Int64(bitPattern: judge.mark(of: asked, in: package.ecosystem))
      try run(
        "INSERT INTO question (ecosystem, name, mark) VALUES (?, ?, ?)", [package.ecosystem.name, key, mark])
      question = database.lastInsertedRowID
    }
    let values: StatementArguments = [
      question, package.ecosystem.text, package.name, package.version, package.source ?? "",
      package.sourceVersion ?? "",
    ]
    if let known = try Int64.fetchOne(
      statement(
        """
        SELECT id FROM package WHERE question = ? AND ecosystem = ? AND name = ? AND version = ? AND source = ?
        AND sourceVersion = ?
        """), arguments: values)
    {
      return known
    }
    try run(
      "INSERT INTO package (question, ecosystem, name, version, source, sourceVersion) VALUES (?, ?, ?, ?, ?, ?)",
      values)
    let id = database.lastInsertedRowID
    for match in try judge.matches(of: package) {
      try keep(MatchChange(kind: .new, match: match, isOpen: true), id, look)
    }
    return id
  }

  func forget(_ entry: LedgerEntry) throws {
    for package in try packages(of: entry.image.id) { try drop(package, from: entry.image.id) }
    try run("DELETE FROM tag WHERE image = ?", [entry.image.id])
    try run("DELETE FROM image WHERE id = ?", [entry.image.id])
  }

  // MARK: Reading

  /// The names that images have now, in order; the name of a list means its newest image.
  private func currentNames(of images: Set<Int64>?) throws -> [Int64: [String]] {
    if let images, images.isEmpty { return [:] }
    var names: [Int64: [String]] = [:]
    let tags = try Row.fetchCursor(
      statement(
        "SELECT name, image FROM tag AS t WHERE look = (SELECT max(look) FROM tag WHERE name = t.name) ORDER BY name"))
    while let row = try tags.next() {
      let image: Int64 = row[1]
      if images?.contains(image) ?? true { names[image, default: []].append(row[0]) }
    }
    return names
  }

  /// Images that a name, a digest or the beginning of one stands for. What a name means now counts before anything else.
  func images(called name: String) throws -> [Int64] {
    if let image = try Int64.fetchOne(
      statement("SELECT image FROM tag WHERE name = ? ORDER BY look DESC LIMIT 1"), arguments: [name])
    {
      return [image]
    }
    guard name.count >= Self.shortestDigest else { return [] }
    let digest = name.split(separator: ":").last.map(String.init) ?? name
    return try Int64.fetchAll(
      statement(
        """
        SELECT id FROM image WHERE substr(key, instr(key, ':') + 1, length(?1)) = ?1
        OR substr(digest, instr(digest, ':') + 1, length(?1)) = ?1 ORDER BY id
        """), arguments: [digest])
  }

  /// Fewer digits of a digest say nothing.
  private static let shortestDigest = 6

  /// In the order of their names.
  ///
  /// - Parameter images: nil: all.
  func entries(_ images: Set<Int64>?) throws -> [LedgerEntry] {
    let names = try currentNames(of: images)
    var former: [Int64: Set<String>] = [:]
    let tags = try Row.fetchCursor(statement("SELECT name, image FROM tag"))
    while let row = try tags.next() {
      let (name, image): (String, Int64) = (row[0], row[1])
      if images?.contains(image) ?? true, names[image]?.contains(name) != true {
        former[image, default: []].insert(name)
      }
    }
    let counts = try openCounts()
    var entries: [LedgerEntry] = []
    let rows = try Row.fetchCursor(
      statement(
        """
        SELECT image.id, key, digest, system, packages, image.look, time FROM image JOIN look ON look.id = image.look
        """))
    while let row = try rows.next() {
      let id: Int64 = row[0]
      guard images?.contains(id) ?? true else { continue }
      let packages = NumberList.numbers(row[4])
      entries.append(
        LedgerEntry(
          image: LedgerEntry.Image(
            id: id, key: row[1], digest: row[2], system: row[3], packages: packages.count, look: row[5],
            added: row[6]),
          names: names[id] ?? [], former: (former[id] ?? []).sorted(),
          open: packages.reduce(0) { $0 + counts[$1, default: 0] }))
    }
    return entries.sorted { ($0.names.first ?? "\u{7F}", $0.image.key) < ($1.names.first ?? "\u{7F}", $1.image.key) }
  }

  /// How many advisories apply to each package, where any does.
  private func openCounts() throws -> [Int64: Int] {
    var counts: [Int64: Int] = [:]
    let rows = try Row.fetchCursor(statement("SELECT package, count(*) FROM open GROUP BY package"))
    while let row = try rows.next() { counts[row[0]] = row[1] }
    return counts
  }

  func history(of entry: LedgerEntry) throws -> ImageHistory {
    var events: [(id: Int64, event: ImageHistory.Event)] = []
    var first: [(package: SoftwarePackage, match: KnownMatch)] = []
    var now: [(package: SoftwarePackage, match: KnownMatch)] = []
    for id in try packages(of: entry.image.id) {
      guard let row = try row(of: id) else { continue }
      let package = Self.package(row).1
      var before: [MatchChange] = []
      let rows = try Row.fetchAll(
        statement(
          """
          SELECT event.id, look.id, time, built, kind, isOpen, advisory, flaws, fix, level
          FROM event JOIN look ON look.id = event.look WHERE package = ? ORDER BY event.id
          """), arguments: [id])
      for row in rows {
        let change = MatchChange(
          kind: MatchChange.Kind(rawValue: row[4]) ?? .renamed, match: Self.match(row, 6), isOpen: row[5])
        if row[1] <= entry.image.look {
          before.append(change)
        } else {
          events.append(
            (row[0], ImageHistory.Event(time: row[2], built: row[3], package: package, change: change)))
        }
      }
      first += MatchChange.replay(before).map { (package, $0) }
      now += try open(id).map { (package, $0) }
    }
    func precedes(
      _ a: (package: SoftwarePackage, match: KnownMatch), _ b: (package: SoftwarePackage, match: KnownMatch)
    ) -> Bool {
      if a.match.level != b.match.level { return a.match.level.rawValue > b.match.level.rawValue }
      return (a.package.name, a.package.version, a.match.advisory) < (
        b.package.name, b.package.version, b.match.advisory
      )
    }
    return ImageHistory(
      entry: entry, first: first.sorted(by: precedes), events: events.sorted { $0.id < $1.id }.map(\.event),
      open: now.sorted(by: precedes))
  }
}
