import Bytes

extension PackageExtractor {
  /// The lock of rebar3, Erlang's build tool: terms of Erlang, of which those of Hex name a package and its version.
  ///
  /// Source: rebar3.org, "Dependencies", section "Lock files".
  static let rebarLock = PackageExtractor(
    name: "rebar.lock", matches: .named(["rebar.lock"]),
    extract: { bytes, path in
      let text = String(decoding: bytes, as: UTF8.self)
      var found = Extraction()
      var seen = Set<SoftwarePackage>()
      var rest = text[...]
      // `{<<"cowlib">>,{pkg,<<"cowlib">>,<<"2.12.1">>},1}`
      while let mark = rest.firstRange(of: "{pkg,") {
        rest = rest[mark.upperBound...]
        guard let name = binary(&rest), let version = binary(&rest) else {
          found.note("a package without a name or a version", path)
          break
        }
        let package = SoftwarePackage(ecosystem: Ecosystem("Hex"), name: name, version: version, path: path)
        if seen.insert(package).inserted { found.packages.append(package) }
      }
      // `{<<"own">>,{git,"https://…",{ref,"…"}},0}`
      var before = text[...]
      while let mark = ["{git,", "{git_subdir,", "{hg,", "{pkg,"].compactMap({ before.firstRange(of: $0) }).min(by: {
        $0.lowerBound < $1.lowerBound
      }) {
        let head = before[..<mark.lowerBound]
        let place = before[mark.upperBound...]
        before = place
        guard !place.isEmpty, !text[mark].hasPrefix("{pkg") else { continue }
        let name = head.ranges(of: "<<\"").last.map { head[$0.upperBound...].prefix { $0 != "\"" } } ?? ""
        found.leave(
          String(name), .source, String(place.drop { $0 != "\"" }.dropFirst().prefix { $0 != "\"" }), in: "Hex", path)
      }
      found.noteBlank(bytes, path)
      if let last = text.last(where: { !$0.isWhitespace }), last != "." {
        found.note("it ends within a term", path)
      }
      return found
    },
    isOfProject: true)

  /// The next `<<"text">>`, with nothing but blanks and a comma before it.
  private static func binary(_ rest: inout Substring) -> String? {
    let start = rest.drop { $0 == "," || $0.isWhitespace }
    guard start.hasPrefix("<<\"") else { return nil }
    // Behind its beginning: the quote of that ends nothing.
    let inner = start.dropFirst(3)
    guard let end = inner.firstRange(of: "\">>") else { return nil }
    let text = inner[..<end.lowerBound]
    rest = inner[end.upperBound...]
    return text.isEmpty ? nil : String(text)
  }
}
