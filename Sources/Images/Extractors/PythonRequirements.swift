import Bytes

extension PackageExtractor {
  /// pip's list of requirements: `name==version` tells a version, and nothing else does.
  ///
  /// Source: pip.pypa.io, "Requirements File Format"; packaging.python.org, "Dependency specifiers".
  static let pythonRequirements = PackageExtractor(
    name: "requirements.txt",
    matches: .ending(["txt", "in", "lock"]) { path in
      let name = PackageExtractors.lastPart(path)
      return name.hasPrefix("requirements") || name.hasSuffix("requirements.txt") || name.hasSuffix("requirements.in")
        || PackageExtractors.lastPart(ProjectPath.folder(path)) == "requirements"
    },
    extract: { bytes, path in
      var found = Extraction()
      var start = 0
      var open = ""
      for (number, raw) in TextLines.numbered(bytes) {
        if open.isEmpty { start = number }
        // A line that ends in a backslash goes on in the next.
        if raw.hasSuffix("\\") {
          open += raw.dropLast() + " "
          continue
        }
        read(open + raw, path, line: start, &found)
        open = ""
      }
      if !open.isEmpty { read(open, path, line: start, &found) }
      return found
    },
    isOfProject: true)

  private static func read(_ raw: String, _ path: String, line number: Int, _ found: inout Extraction) {
    let line = withoutComment(raw)
    guard let first = line.first else { return }
    func leave(_ name: String, _ reason: UnresolvedDependency.Reason, _ detail: String) {
      found.leave(name, reason, detail, in: "PyPI", path, line: number)
    }
    if first == "-" {
      for (short, long) in [("-r", "--requirement"), ("-c", "--constraint"), ("-e", "--editable")] {
        guard let value = value(of: short, long, line) else { continue }
        if short == "-e" {
          let isAddress = value.contains("://") || value.hasPrefix("git+")
          if isAddress {
            leave(egg(value) ?? value, .source, value)
          } else if ProjectPath.resolve(String(value.prefix { $0 != "[" && $0 != "#" }), from: path) == nil {
            leave(value, .outside, value)
          }
        } else {
          leave((short == "-r" ? "requirements of " : "constraints of ") + value, .include, value)
        }
        return
      }
      // What is left are options of pip, which ask for nothing.
      return
    }
    // A folder of the project, or an archive in it.
    if first == "." || first == "/" || line.hasPrefix("file:") {
      if ProjectPath.resolve(line, from: path) == nil { leave(line, .outside, line) }
      return
    }
    // An archive beside the list.
    let word = line.prefix { !$0.isWhitespace && $0 != ";" && $0 != "#" }
    if !word.contains("://"), [".whl", ".tar.gz", ".zip"].contains(where: { word.hasSuffix($0) }), !word.contains("=") {
      let name = word.split(separator: "/").last?.prefix { $0 != "-" && $0 != "." } ?? word
      return leave(String(name), .source, String(word))
    }
    let requirement = PythonRequirement(line)
    guard !requirement.name.isEmpty else { return leave(line, line.contains("://") ? .source : .unreadable, line) }
    if let address = requirement.address { return leave(requirement.name, .source, address) }
    guard let version = requirement.version else {
      // What lists of versions are made from: those say which ones are used.
      return leave(requirement.name, path.hasSuffix(".in") ? .notLocked : .range, requirement.specifier)
    }
    guard VersionOrder.python.isVersion(version) else { return leave(requirement.name, .unreadable, version) }
    found.packages.append(
      SoftwarePackage(ecosystem: Ecosystem("PyPI"), name: requirement.name, version: version, path: path))
  }

  /// A comment begins a line, or stands behind a blank.
  private static func withoutComment(_ raw: String) -> String {
    var text = raw[...]
    if text.first == "#" { return "" }
    if let mark = text.firstRange(of: " #") ?? text.firstRange(of: "\t#") { text = text[..<mark.lowerBound] }
    while text.first?.isWhitespace == true { text.removeFirst() }
    if text.first == "#" { return "" }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }

  /// `-r FILE`, `-rFILE`, `--requirement FILE`, `--requirement=FILE`; nil for another option.
  private static func value(of short: String, _ long: String, _ line: String) -> String? {
    for option in [long, short] where line.hasPrefix(option) {
      let rest = line.dropFirst(option.count)
      guard option == short || rest.first == "=" || rest.first?.isWhitespace == true else { continue }
      return String(rest.drop { $0 == "=" || $0.isWhitespace })
    }
    return nil
  }

  /// The name that an address gives what it leads to: `#egg=name`.
  private static func egg(_ address: String) -> String? {
    address.firstRange(of: "#egg=").map { mark in
      String(address[mark.upperBound...].prefix { $0 != "&" && $0 != "[" && $0 != " " })
    }
  }
}

/// `name[extra] >=1.0,<2 ; marker`, or `name @ https://…`.
///
/// Source: packaging.python.org, "Dependency specifiers" (PEP 508).
struct PythonRequirement {
  /// Empty where the text begins with none.
  let name: String
  /// Where it is to be fetched; nil for one of an index.
  private(set) var address: String?
  /// What is said of the version, without blanks; empty where any will do.
  let specifier: String
  /// The one version that will do; nil where several would.
  private(set) var version: String?

  init(_ text: String) {
    let own = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "-" || $0 == "_" || $0 == "." }
    var rest = text[own.endIndex...].drop { $0.isWhitespace }
    if rest.first == "[" { rest = rest.drop { $0 != "]" }.dropFirst().drop { $0.isWhitespace } }
    if rest.first == "@" {
      name = String(own)
      specifier = ""
      address = String(rest.dropFirst().drop { $0.isWhitespace }.prefix { !$0.isWhitespace })
      return
    }
    // Markers, and what pip is to do with it, stand behind.
    var bare = rest.prefix { $0 != ";" }
    if let option = bare.firstRange(of: " --") { bare = bare[..<option.lowerBound] }
    // Some write a comment without a blank before it.
    let plain = bare.prefix { $0 != "#" }.filter { !$0.isWhitespace && $0 != "(" && $0 != ")" && $0 != "\\" }
    specifier = plain
    // A name is followed by nothing, or by what is said of its version.
    guard plain.isEmpty || "=<>!~".contains(plain.first ?? " ") else {
      name = ""
      return
    }
    name = String(own)
    for part in plain.split(separator: ",") where part.hasPrefix("==") {
      let one = part.drop { $0 == "=" }
      if !one.isEmpty, !one.contains("*") { version = String(one) }
    }
  }
}
