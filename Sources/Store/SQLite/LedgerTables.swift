import Bytes
import Findings
import FoundationEssentials
import GRDB
import Images

/// The tables of the ledger, within one transaction.
final class LedgerTables {
  private let database: Database
  /// Matches of packages, cached for the many images of a run that share them.
  private var known: [Int64: [KnownMatch]] = [:]
  /// Ids of packages, cached for the same reason.
  private var numbers: [SoftwarePackage: Int64] = [:]
  private let index: InvertedIndex

  init(_ database: Database) {
    self.database = database
    index = InvertedIndex(database)
  }

  private func statement(_ sql: String) throws -> Statement { try database.cachedStatement(sql: sql) }

  private func execute(_ sql: String, _ arguments: StatementArguments) throws {
    try statement(sql).execute(arguments: arguments)
  }

  // MARK: Runs

  func lastRun() throws -> (time: String, store: String, risks: String)? {
    try Row.fetchOne(statement("SELECT time, store, risks FROM run ORDER BY id DESC LIMIT 1")).map {
      ($0["time"], $0["store"], $0["risks"])
    }
  }

  func begin(_ state: AdvisoryState) throws -> Int64 {
    try execute(
      "INSERT INTO run (time, store, risks, built) VALUES (?, ?, ?, ?)",
      [state.time, state.storeDigest, state.riskDigest, state.built])
    return database.lastInsertedRowID
  }

  /// Writes pending changes, and counts totals.
  func finish(_ report: inout LedgerRunReport, _ matcher: inout AdvisoryMatcher) throws {
    try index.flush()
    report.images = try Int.fetchOne(statement("SELECT count(*) FROM image")) ?? 0
    report.packages = try Int.fetchOne(statement("SELECT count(*) FROM package")) ?? 0
    let gaps = try gaps(&matcher)
    let names = try currentNames(of: Set(report.news.flatMap(\.images) + report.added + gaps.flatMap(\.images)))
    report.names = names
    report.gaps = gaps.compactMap { gap in
      let images = gap.images.filter { names[$0] != nil }
      return images.isEmpty ? nil : LedgerGap(reason: gap.reason, packages: gap.packages, images: images)
    }
    report.news = report.news.compactMap { news in
      let images = news.images.filter { names[$0] != nil }
      return images.isEmpty ? nil : PackageNews(package: news.package, changes: news.changes, images: images)
    }.sorted { SoftwarePackage.precedes($0.package, $1.package) }
  }

  /// What of all that is watched cannot be judged by the advisories of this run.
  private func gaps(_ matcher: inout AdvisoryMatcher) throws -> [LedgerGap] {
    var packages: [LedgerGap.Reason: [Int64]] = [:]
    let rows = try Row.fetchCursor(
      statement(
        "SELECT id, ecosystem, name, version, source, sourceVersion, module, vendor, holdsNoCode, undecided FROM package"
      ))
    while let row = try rows.next() {
      let (id, package) = Self.package(row)
      if let what = matcher.gap(package) {
        packages[.notCovered(what), default: []].append(id)
      } else if (row["undecided"] as Int) > 0 {
        packages[.undecided, default: []].append(id)
      }
    }
    return try packages.map { reason, ids in
      var images = Set<Int64>()
      for id in ids { images.formUnion(try index.images(of: id)) }
      return LedgerGap(reason: reason, packages: ids.count, images: images.sorted())
    }.sorted { $0.reason < $1.reason }
  }

  /// Matches the packages whose name has changed advisories again.
  func rematch(
    _ matcher: inout AdvisoryMatcher, _ run: Int64, isAll: Bool, _ report: inout LedgerRunReport
  ) throws {
    var changed: [(id: Int64, hash: Int64)] = []
    let questions = try Row.fetchCursor(
      statement("SELECT id, ecosystem, name, contentHash FROM question ORDER BY ecosystem, name"))
    while let row = try questions.next() {
      let hash = Int64(bitPattern: matcher.contentHash(of: row["name"], in: Ecosystem(row["ecosystem"] as String)))
      guard isAll || hash != row["contentHash"] else { continue }
      changed.append((row["id"], hash))
    }
    report.changedNames = changed.count
    for (question, hash) in changed {
      try execute("UPDATE question SET contentHash = ? WHERE id = ?", [hash, question])
      let packages = try Row.fetchAll(
        statement(
          """
          SELECT id, ecosystem, name, version, source, sourceVersion, module, vendor, holdsNoCode FROM package WHERE question = ?
          ORDER BY ecosystem, name, version, source, sourceVersion
          """), arguments: [question])
      for row in packages {
        report.rematched += 1
        let (id, package) = Self.package(row)
        let judged = try matcher.judge(package)
        try execute("UPDATE package SET undecided = ? WHERE id = ?", [judged.undecided, id])
        let changes = MatchChange.between(try open(id), judged.matches)
        guard !changes.isEmpty else { continue }
        for change in changes { try keep(change, id, run) }
        report.news.append(PackageNews(package: package, changes: changes, images: try index.images(of: id)))
      }
    }
  }

  /// A row of `package`.
  private static func package(_ row: Row) -> (Int64, SoftwarePackage) {
    func text(_ column: String) -> String? {
      let value: String = row[column]
      return value.isEmpty ? nil : value
    }
    var package = SoftwarePackage(
      ecosystem: Ecosystem(row["ecosystem"] as String), name: row["name"], version: row["version"],
      source: text("source"), sourceVersion: text("sourceVersion"), path: "")
    package.module = text("module")
    package.vendor = text("vendor")
    package.holdsNoCode = row["holdsNoCode"]
    return (row["id"], package)
  }

  private func open(_ package: Int64) throws -> [KnownMatch] {
    if let matches = known[package] { return matches }
    let matches = try Row.fetchAll(
      statement("SELECT advisory, vulnerabilities, fix, level FROM open WHERE package = ? ORDER BY advisory"),
      arguments: [package]
    ).map(Self.match)
    known[package] = matches
    return matches
  }

  /// A row of `open` or `event`.
  private static func match(_ row: Row) -> KnownMatch {
    KnownMatch(
      advisory: row["advisory"],
      vulnerabilities: (row["vulnerabilities"] as String).split(separator: " ").map(String.init),
      fix: row["fix"], level: Priority.Level(rawValue: row["level"]) ?? .unknown)
  }

  /// Stores a change and the resulting state.
  private func keep(_ change: MatchChange, _ package: Int64, _ run: Int64) throws {
    known[package] = nil
    let match = change.match
    let vulnerabilities = match.vulnerabilities.joined(separator: " ")
    try execute(
      "INSERT INTO event (run, package, kind, isOpen, advisory, vulnerabilities, fix, level) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      [
        run, package, change.kind.rawValue, change.isOpen, match.advisory, vulnerabilities, match.fix,
        match.level.rawValue,
      ])
    if change.isOpen {
      try execute(
        "INSERT OR REPLACE INTO open (package, advisory, vulnerabilities, fix, level) VALUES (?, ?, ?, ?, ?)",
        [package, match.advisory, vulnerabilities, match.fix, match.level.rawValue])
    } else {
      try execute("DELETE FROM open WHERE package = ? AND advisory = ?", [package, match.advisory])
    }
  }

  // MARK: Images

  /// A known image that was read with another content starts over.
  func add(_ image: LedgerImage, _ matcher: inout AdvisoryMatcher, _ run: Int64, _ report: inout LedgerRunReport) throws
  {
    var packages: [(id: Int64, package: SoftwarePackage)] = []
    for package in image.packages { packages.append((try number(of: package, &matcher, run), package)) }
    let held = packages.map(\.id).sorted()
    let known = try Row.fetchOne(
      statement("SELECT id, digest, packages FROM image WHERE key = ?"), arguments: [image.key])
    let before = known.map { NumberList.numbers($0["packages"]) } ?? []
    let id: Int64
    if let known {
      id = known["id"]
      if !image.digest.isEmpty, image.digest != known["digest"] {
        try execute("UPDATE image SET digest = ? WHERE id = ?", [image.digest, id])
      }
    } else {
      try execute(
        "INSERT INTO image (key, digest, system, run, packages) VALUES (?, ?, ?, ?, ?)",
        [image.key, image.digest, image.system, run, NumberList.data(held)])
      id = database.lastInsertedRowID
      report.added.append(id)
    }
    try tag(image.name, id, run, &report)
    guard held != before else { return }
    let old = Set(before)
    let new = Set(held)
    if known != nil {
      try execute("UPDATE image SET run = ?, packages = ? WHERE id = ?", [run, NumberList.data(held), id])
    }
    for package in before where !new.contains(package) {
      let changes = try open(package).map { MatchChange(kind: .gone, match: $0, isOpen: false) }
      if !changes.isEmpty, let row = try row(of: package) {
        report.news.append(PackageNews(package: Self.package(row).1, changes: changes, images: [id]))
      }
      try drop(package, from: id)
    }
    for (package, _) in packages where !old.contains(package) { index.add(id, to: package) }
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
      statement(
        "SELECT id, ecosystem, name, version, source, sourceVersion, module, vendor, holdsNoCode FROM package WHERE id = ?"
      ),
      arguments: [package])
  }

  /// Removes a package from an image, and from the ledger if no other image contains it.
  private func drop(_ package: Int64, from image: Int64) throws {
    try index.remove(image, from: package)
    guard try !index.hasAny(package) else { return }
    numbers = [:]
    known[package] = nil
    for table in ["open", "event"] { try execute("DELETE FROM \(table) WHERE package = ?", [package]) }
    try execute("DELETE FROM package WHERE id = ?", [package])
  }

  /// Records which image a name refers to from now on.
  private func tag(_ name: String, _ image: Int64, _ run: Int64, _ report: inout LedgerRunReport) throws {
    let before = try Int64.fetchOne(
      statement("SELECT image FROM tag WHERE name = ? ORDER BY run DESC LIMIT 1"), arguments: [name])
    guard before != image else { return }
    if before != nil { report.moved.append(name) }
    try execute("INSERT OR REPLACE INTO tag (name, run, image) VALUES (?, ?, ?)", [name, run, image])
  }

  /// The id of a package. A new package is matched first.
  private func number(of package: SoftwarePackage, _ matcher: inout AdvisoryMatcher, _ run: Int64) throws -> Int64 {
    if let number = numbers[package] { return number }
    let number = try find(package, &matcher, run)
    numbers[package] = number
    return number
  }

  private func find(_ package: SoftwarePackage, _ matcher: inout AdvisoryMatcher, _ run: Int64) throws -> Int64 {
    let key = AdvisoryMatcher.question(package)
    let question: Int64
    if let known = try Int64.fetchOne(
      statement("SELECT id FROM question WHERE ecosystem = ? AND name = ?"),
      arguments: [package.ecosystem.name, key])
    {
      question = known
    } else {
      let hash = Int64(bitPattern: matcher.contentHash(of: key, in: package.ecosystem))
      try execute(
        "INSERT INTO question (ecosystem, name, contentHash) VALUES (?, ?, ?)", [package.ecosystem.name, key, hash])
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
    try execute(
      """
      INSERT INTO package (question, ecosystem, name, version, source, sourceVersion, module, vendor, holdsNoCode)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      values + [package.module ?? "", package.vendor ?? "", package.holdsNoCode])
    let id = database.lastInsertedRowID
    let judged = try matcher.judge(package)
    if judged.undecided > 0 {
      try execute("UPDATE package SET undecided = ? WHERE id = ?", [judged.undecided, id])
    }
    for match in judged.matches {
      try keep(MatchChange(kind: .new, match: match, isOpen: true), id, run)
    }
    return id
  }

  func forget(_ entry: LedgerEntry) throws {
    for package in try packages(of: entry.image.id) { try drop(package, from: entry.image.id) }
    try execute("DELETE FROM tag WHERE image = ?", [entry.image.id])
    try execute("DELETE FROM image WHERE id = ?", [entry.image.id])
  }

  // MARK: Reading

  /// Current names of the images, sorted. A name refers to the image that the latest run recorded for it.
  private func currentNames(of images: Set<Int64>?) throws -> [Int64: [String]] {
    if let images, images.isEmpty { return [:] }
    var names: [Int64: [String]] = [:]
    let tags = try Row.fetchCursor(
      statement(
        "SELECT name, image FROM tag AS t WHERE run = (SELECT max(run) FROM tag WHERE name = t.name) ORDER BY name"))
    while let row = try tags.next() {
      let image: Int64 = row["image"]
      if images?.contains(image) ?? true { names[image, default: []].append(row["name"]) }
    }
    return names
  }

  /// Images that match a name, a digest or the beginning of one. A current name takes precedence over everything else.
  func images(called name: String) throws -> [Int64] {
    if let image = try Int64.fetchOne(
      statement("SELECT image FROM tag WHERE name = ? ORDER BY run DESC LIMIT 1"), arguments: [name])
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

  /// Fewer digits of a digest are not significant.
  private static let shortestDigest = 6

  /// Sorted by name.
  ///
  /// - Parameter images: nil for all.
  func entries(_ images: Set<Int64>?) throws -> [LedgerEntry] {
    let names = try currentNames(of: images)
    var former: [Int64: Set<String>] = [:]
    let tags = try Row.fetchCursor(statement("SELECT name, image FROM tag"))
    while let row = try tags.next() {
      let (name, image): (String, Int64) = (row["name"], row["image"])
      if images?.contains(image) ?? true, names[image]?.contains(name) != true {
        former[image, default: []].insert(name)
      }
    }
    let counts = try openCounts()
    var entries: [LedgerEntry] = []
    let rows = try Row.fetchCursor(
      statement(
        """
        SELECT image.id, key, digest, system, packages, image.run, time FROM image JOIN run ON run.id = image.run
        """))
    while let row = try rows.next() {
      let id: Int64 = row["id"]
      guard images?.contains(id) ?? true else { continue }
      let packages = NumberList.numbers(row["packages"])
      entries.append(
        LedgerEntry(
          image: LedgerEntry.Image(
            id: id, key: row["key"], digest: row["digest"], system: row["system"], packages: packages.count,
            run: row["run"], added: row["time"]),
          names: names[id] ?? [], former: (former[id] ?? []).sorted(),
          open: packages.reduce(0) { $0 + counts[$1, default: 0] }))
    }
    return entries.sorted { ($0.names.first ?? "\u{7F}", $0.image.key) < ($1.names.first ?? "\u{7F}", $1.image.key) }
  }

  /// Number of advisories per package, for packages with any.
  private func openCounts() throws -> [Int64: Int] {
    var counts: [Int64: Int] = [:]
    let rows = try Row.fetchCursor(statement("SELECT package, count(*) AS count FROM open GROUP BY package"))
    while let row = try rows.next() { counts[row["package"]] = row["count"] }
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
          SELECT event.id, event.run, time, built, kind, isOpen, advisory, vulnerabilities, fix, level
          FROM event JOIN run ON run.id = event.run WHERE package = ? ORDER BY event.id
          """), arguments: [id])
      for row in rows {
        let change = MatchChange(
          kind: MatchChange.Kind(rawValue: row["kind"]) ?? .renamed, match: Self.match(row), isOpen: row["isOpen"])
        if row["run"] <= entry.image.run {
          before.append(change)
        } else {
          events.append(
            (row["id"], ImageHistory.Event(time: row["time"], built: row["built"], package: package, change: change)))
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
