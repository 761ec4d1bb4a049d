import Bytes

/// The header of a package: an index of tags before their data.
///
/// Source: rpm `docs/manual/format_header.md`, `include/rpm/rpmtag.h`, `docs/manual/tags.md`.
struct RPMHeader {
  let name: String
  let version: String
  let release: String
  let epoch: Int?
  private let index: Index

  var fullVersion: String { "\(epoch.map { $0 > 0 ? "\($0):" : "" } ?? "")\(version)-\(release)" }

  /// - Returns: nil for bytes that are no header, or one without name, version and release.
  init?(_ bytes: [UInt8]) {
    guard let index = Index(bytes), let name = index.text(.name), let version = index.text(.version),
      let release = index.text(.release), !name.isEmpty
    else { return nil }
    self.index = index
    self.name = name
    self.version = version
    self.release = release
    epoch = index.places[.epoch].flatMap { index.number($0.offset) }
  }

  var vendor: String? { index.text(.vendor).flatMap { $0.isEmpty ? nil : $0 } }
  var license: String? { index.text(.license).flatMap { $0.isEmpty ? nil : $0 } }
  var architecture: String? { index.text(.architecture).flatMap { $0.isEmpty ? nil : $0 } }
  /// The MD5 of the package's header and payload; nil where it was not kept.
  var sum: [UInt8]? { index.bytes(.sum, 16) }
  /// The file name of the source package.
  var source: String? { index.text(.source) }
  /// `name:stream:version:context`; nil outside of modules.
  var moduleLabel: String? { index.text(.moduleLabel) }

  /// What it needs and provides: packages, libraries, files.
  var requires: [String] { index.texts(.requires) }
  var provides: [String] { index.texts(.provides) }

  /// Files of the package, with their folders: each base name with the number of its folder.
  var files: [String] {
    let (names, folders) = (index.texts(.baseNames), index.texts(.folders))
    guard let numbers = index.places[.folderNumbers], !folders.isEmpty else { return [] }
    return names.enumerated().compactMap { position, name in
      guard let folder = index.number(numbers.offset + 4 * position), folders.indices.contains(folder),
        folders[folder].utf8.count + name.utf8.count <= Self.longestPath
      else { return nil }
      return folders[folder] + name
    }
  }

  /// As file systems bound it; a header may put one long folder before a million names.
  private static let longestPath = 4096

  private enum Tag: Int {
    case sum = 261
    case name = 1000
    case version = 1001
    case release = 1002
    case epoch = 1003
    case vendor = 1011
    case license = 1014
    case architecture = 1022
    case source = 1044
    case provides = 1047
    case requires = 1049
    case folderNumbers = 1116
    case baseNames = 1117
    case folders = 1118
    case moduleLabel = 5096
  }

  private struct Index {
    let bytes: [UInt8]
    let places: [Tag: (offset: Int, count: Int)]

    /// Most tags of one header.
    private static let maximumTags = 10_000
    /// Most files of one package.
    private static let maximumTexts = 1 << 20

    init?(_ bytes: [UInt8]) {
      guard let count = bytes.integer(at: 0, width: 4, .big), (1..<Self.maximumTags).contains(count),
        bytes.count > 8 + 16 * count
      else { return nil }
      self.bytes = bytes
      var places: [Tag: (offset: Int, count: Int)] = [:]
      for index in 0..<count {
        let entry = 8 + 16 * index
        guard let tag = bytes.integer(at: entry, width: 4, .big).flatMap(Tag.init(rawValue:)),
          let offset = bytes.integer(at: entry + 8, width: 4, .big),
          let items = bytes.integer(at: entry + 12, width: 4, .big)
        else { continue }
        places[tag] = (8 + 16 * count + offset, items)
      }
      self.places = places
    }

    /// Exactly so many bytes.
    func bytes(_ tag: Tag, _ count: Int) -> [UInt8]? {
      guard let place = places[tag], place.count == count, place.offset >= 0, place.offset <= bytes.count - count else {
        return nil
      }
      return Array(bytes[place.offset..<place.offset + count])
    }

    func number(_ offset: Int) -> Int? { bytes.integer(at: offset, width: 4, .big) }

    func text(_ tag: Tag) -> String? {
      guard let offset = places[tag]?.offset, offset < bytes.count else { return nil }
      return String(decoding: bytes[offset...].prefix { $0 != 0 }, as: UTF8.self)
    }

    /// As many texts, each with a zero byte behind it, as are there.
    func texts(_ tag: Tag) -> [String] {
      guard let place = places[tag], place.offset < bytes.count, place.count < Self.maximumTexts else { return [] }
      var found: [String] = []
      var rest = bytes[place.offset...]
      while found.count < place.count, let end = rest.firstIndex(of: 0) {
        found.append(String(decoding: rest[..<end], as: UTF8.self))
        rest = rest[(end + 1)...]
      }
      return found
    }
  }
}
