/// What advisories say of one package, as it stands in a block of the store: numbers of seven bits a byte, texts behind their
/// lengths.
enum PackageRecord {
  private static let kinds: [Advisory.Event.Kind] = [.introduced, .fixed, .lastAffected, .limit]

  /// - Parameter key: of the package; what an advisory says of others is left out.
  static func write(_ advisories: [(number: Int, advisory: Advisory)], _ key: String) -> [UInt8] {
    var output: [UInt8] = []
    func number(_ value: Int) {
      var rest = value
      while rest > 127 {
        output.append(UInt8(rest & 127 | 128))
        rest >>= 7
      }
      output.append(UInt8(rest))
    }
    func text(_ value: String) {
      number(value.utf8.count)
      output.append(contentsOf: value.utf8)
    }
    number(advisories.count)
    for (index, advisory) in advisories {
      number(index)
      text(advisory.id)
      let own = advisory.affected.filter { AdvisoryStore.key($0.name, $0.ecosystem) == key }
      number(own.count)
      for affected in own {
        text(affected.ecosystem.release ?? "")
        // One more than there are, so that none at all is told from no module.
        number(affected.modules.map { $0.count + 1 } ?? 0)
        for module in affected.modules ?? [] { text(module) }
        number(affected.ranges.count)
        for range in affected.ranges {
          number(range.count)
          for event in range {
            number(kinds.firstIndex(of: event.kind) ?? 0)
            text(event.version)
          }
        }
        number(affected.versions.count)
        for version in affected.versions { text(version) }
      }
    }
    return output
  }

  /// A broken record gives what stands before the break.
  ///
  /// - Parameter wanted: the release of a distribution; what is said of others is passed over. Nil: everything.
  static func read(
    _ bytes: ArraySlice<UInt8>, _ name: String, _ ecosystem: String, release wanted: String?
  ) -> [AdvisoryStore.Candidate] {
    let key = wanted.map { EcosystemRelease.key(ecosystem, $0) }
    let bare = key.map { Array($0.utf8) }
    return bytes.withUnsafeBufferPointer { buffer in
      var reader = Reader(buffer: buffer)
      var found: [AdvisoryStore.Candidate] = []
      for _ in 0..<reader.count() {
        let number = reader.number()
        let id = reader.bytes()
        var affected: [Advisory.Affected] = []
        for _ in 0..<reader.count() {
          let release = reader.bytes()
          if let key, let bare, !release.isEmpty, !Self.bare(release).elementsEqual(bare),
            EcosystemRelease.isPlain(ecosystem, release)
              || !EcosystemRelease.isSame(
                ecosystem, key, EcosystemRelease.key(ecosystem, String(decoding: release, as: UTF8.self)))
          {
            reader.skipAffected()
            continue
          }
          let modules = reader.modules()
          var ranges: [[Advisory.Event]] = []
          for _ in 0..<reader.count() {
            var events: [Advisory.Event] = []
            for _ in 0..<reader.count() {
              let kind = reader.number()
              let version = reader.text()
              guard kind < kinds.count else { return found }
              events.append(Advisory.Event(kind: kinds[kind], version: version))
            }
            ranges.append(events)
          }
          var versions: [String] = []
          for _ in 0..<reader.count() { versions.append(reader.text()) }
          affected.append(
            Advisory.Affected(
              ecosystem: Ecosystem(
                name: ecosystem, release: release.isEmpty ? nil : String(decoding: release, as: UTF8.self)),
              name: name,
              ranges: ranges, versions: versions, modules: modules))
        }
        guard !reader.isBroken else { return found }
        if affected.isEmpty { continue }
        found.append(
          AdvisoryStore.Candidate(number: number, id: String(decoding: id, as: UTF8.self), affected: affected))
      }
      return found
    }
  }

  /// A release without the letter that Alpine puts before it.
  private static func bare(_ release: Slice<UnsafeBufferPointer<UInt8>>) -> Slice<UnsafeBufferPointer<UInt8>> {
    release.drop { $0 == UInt8(ascii: "v") }
  }

  private struct Reader {
    let buffer: UnsafeBufferPointer<UInt8>
    var place = 0
    var isBroken = false

    mutating func number() -> Int {
      var value = 0
      var shift = 0
      while place < buffer.count, shift < 49 {
        let byte = buffer[place]
        place += 1
        value |= Int(byte & 127) << shift
        if byte < 128 { return value }
        shift += 7
      }
      isBroken = true
      return 0
    }

    /// Of entries that follow, each of a byte at least.
    mutating func count() -> Int {
      let value = number()
      guard value <= buffer.count - place else {
        isBroken = true
        place = buffer.count
        return 0
      }
      return value
    }

    /// The bytes of a text.
    mutating func bytes() -> Slice<UnsafeBufferPointer<UInt8>> {
      let length = number()
      guard !isBroken, length <= buffer.count - place else {
        isBroken = true
        place = buffer.count
        return buffer[..<0]
      }
      defer { place += length }
      return buffer[place..<place + length]
    }

    mutating func text() -> String { String(decoding: bytes(), as: UTF8.self) }

    /// Streams of modules; nil for what is outside of them.
    mutating func modules() -> [String]? {
      let number = number()
      guard number > 0, number - 1 <= buffer.count - place else {
        if number > 0 {
          isBroken = true
          place = buffer.count
        }
        return nil
      }
      return (0..<number - 1).map { _ in text() }
    }

    /// Goes on behind the modules, ranges and versions of one release.
    mutating func skipAffected() {
      _ = modules()
      for _ in 0..<count() {
        for _ in 0..<count() {
          _ = number()
          _ = bytes()
        }
      }
      for _ in 0..<count() { _ = bytes() }
    }
  }
}
