import Bytes

extension Libraries {
  static let formatType = CELType.object("kubernetes.NamedFormat")

  /// Named formats of texts (kube-apiserver, `pkg/cel/library/format.go`).
  static let formats: CELLanguage.Library = {
    var library = CELLanguage.Library()
    library.functions = [
      FunctionDeclaration(
        "validate",
        [
          .member(
            "format-validate", [formatType, .string], .optional(.list(.string)),
            .binary { format, text throws(CELFailure) in
              guard case .opaque(let format as NamedFormat) = format, case .string(let text) = text else {
                throw .noSuchOverload
              }
              let faults = format.check(text)
              return .optional(faults.isEmpty ? .none : CELOptional(.list(.values(faults.map { .string($0) }))))
            })
        ]),
      FunctionDeclaration(
        "format.named",
        [
          Overload(
            "format-named", [.string], .optional(formatType),
            ofText { name in
              .optional(NamedFormat.all[name].map { CELOptional(.opaque($0)) } ?? .none)
            })
        ]),
    ]
    for (name, format) in NamedFormat.all {
      library.functions.append(
        FunctionDeclaration(
          "format." + name, [Overload("format." + name, [], formatType, .constant { .opaque(format) })]))
    }
    return library
  }()
}

/// A format that texts can be checked against, with what is wrong in the words of Kubernetes.
final class NamedFormat: CELOpaque {
  let name: String
  /// Length of a regular expression that would check it, by which checking costs.
  let patternSize: Int
  let check: @Sendable (String) -> [String]

  private init(_ name: String, _ patternSize: Int, _ check: @escaping @Sendable (String) -> [String]) {
    self.name = name
    self.patternSize = patternSize
    self.check = check
  }

  var type: CELType { Libraries.formatType }

  func equals(_ other: any CELOpaque) throws(CELFailure) -> Bool {
    guard let other = other as? NamedFormat else { throw .noSuchOverload }
    return name == other.name
  }

  static let all: [String: NamedFormat] = [
    "dns1123Label": NamedFormat("DNS1123Label", 30, dnsLabel),
    "dns1123Subdomain": NamedFormat("DNS1123Subdomain", 60, dnsSubdomain),
    "dns1035Label": NamedFormat("DNS1035Label", 30, oldLabel),
    "qualifiedName": NamedFormat("QualifiedName", 60, qualifiedName),
    "dns1123LabelPrefix": NamedFormat("DNS1123LabelPrefix", 30) { dnsLabel(masked($0)) },
    "dns1123SubdomainPrefix": NamedFormat("DNS1123SubdomainPrefix", 60) { dnsSubdomain(masked($0)) },
    "dns1035LabelPrefix": NamedFormat("DNS1035LabelPrefix", 30) { oldLabel(masked($0)) },
    "labelValue": NamedFormat("LabelValue", 40, labelValue),
    "uri": NamedFormat("URI", 1103) { text in
      do throws(GoURL.Invalid) {
        _ = try GoURL(text, isRequest: true)
        return []
      } catch {
        return [error.message]
      }
    },
    "uuid": NamedFormat("uuid", 70) { isUUID($0) ? [] : ["does not match the UUID format"] },
    "byte": NamedFormat("byte", 84) { text in
      let isRight =
        !text.isEmpty && !text.utf8.contains { $0 == 0x0A || $0 == 0x0D } && Base64.decode(exactly: text) != nil
      return isRight ? [] : ["invalid base64"]
    },
    "date": NamedFormat("date", 71) { OpenAPIFormat.date($0) != nil ? [] : ["invalid date"] },
    "datetime": NamedFormat("datetime", 71) { isDateTime($0) ? [] : ["invalid datetime"] },
  ]

  private static let labelPattern = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"

  private static func tooLong(_ length: Int) -> String { "must be no more than \(length) bytes" }

  private static func mismatch(_ rule: String, _ pattern: String, _ examples: [String]) -> String {
    let shown = examples.enumerated().map { ($0.offset > 0 ? " or '" : "'") + $0.element + "', " }.joined()
    return rule + " (e.g. " + shown + "regex used for validation is '" + pattern + "')"
  }

  /// A name that something will be added to may end in a dash.
  private static func masked(_ name: String) -> String {
    guard name.utf8.count > 1, name.hasSuffix("-") else { return name }
    return String(decoding: name.utf8.dropLast(2), as: UTF8.self) + "a"
  }

  private static func isSubdomain(_ text: String) -> Bool {
    Array(text.utf8).split(separator: 0x2E, omittingEmptySubsequences: false).allSatisfy { DNSName.hasLabelForm($0) }
  }

  static func dnsLabel(_ text: String) -> [String] {
    var faults = text.utf8.count > 63 ? [tooLong(63)] : []
    if !DNSName.hasLabelForm(text.utf8) {
      faults.append(
        isSubdomain(text)
          ? "must not contain dots"
          : mismatch(
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
            labelPattern, ["my-name", "123-abc"]))
    }
    return faults
  }

  static func dnsSubdomain(_ text: String) -> [String] {
    var faults = text.utf8.count > 253 ? [tooLong(253)] : []
    if !isSubdomain(text) {
      faults.append(
        mismatch(
          "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
          labelPattern + "(\\." + labelPattern + ")*", ["example.com"]))
    }
    return faults
  }

  private static func oldLabel(_ text: String) -> [String] {
    var faults = text.utf8.count > 63 ? [tooLong(63)] : []
    if !DNSName.hasLabelForm(text.utf8) || text.utf8.first.map({ $0 &- 0x30 < 10 }) ?? true {
      faults.append(
        mismatch(
          "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
          "[a-z]([-a-z0-9]*[a-z0-9])?", ["my-name", "abc-123"]))
    }
    return faults
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 && byte < 0x80
  }

  private static func isKey(_ text: some StringProtocol) -> Bool {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, let last = bytes.last else { return false }
    return isAlphanumeric(first) && isAlphanumeric(last)
      && bytes.allSatisfy { isAlphanumeric($0) || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E }
  }

  private static let keyPattern = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
  private static let keyRule =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"

  private static func qualifiedName(_ text: String) -> [String] {
    let rule = mismatch(keyRule, keyPattern, ["MyName", "my.name", "123-abc"])
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    var faults: [String] = []
    guard parts.count <= 2, let name = parts.last else {
      return [
        "a valid label key " + rule + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
      ]
    }
    if parts.count == 2 {
      if parts[0].isEmpty {
        faults.append("prefix part must be non-empty")
      } else {
        faults += dnsSubdomain(String(parts[0])).map { "prefix part " + $0 }
      }
    }
    if name.isEmpty {
      faults.append("name part must be non-empty")
    } else if name.utf8.count > 63 {
      faults.append("name part " + tooLong(63))
    }
    if !isKey(name) { faults.append("name part " + rule) }
    return faults
  }

  private static func labelValue(_ text: String) -> [String] {
    var faults = text.utf8.count > 63 ? [tooLong(63)] : []
    if !text.isEmpty, !isKey(text) {
      faults.append(
        mismatch(
          "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
          "(" + keyPattern + ")?", ["MyValue", "my_value", "12345"]))
    }
    return faults
  }

  private static func isUUID(_ text: String) -> Bool {
    var bytes = Array(text.utf8)[...]
    for (index, count) in [8, 4, 4, 4, 12].enumerated() {
      if index > 0, bytes.first == 0x2D { bytes = bytes.dropFirst() }
      guard bytes.count >= count, bytes.prefix(count).allSatisfy({ $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 6 }) else {
        return false
      }
      bytes = bytes.dropFirst(count)
    }
    return bytes.isEmpty
  }

  /// A date, `t`, and a time with a zone.
  private static func isDateTime(_ text: String) -> Bool {
    let parts = text.lowercased().split(separator: "t", omittingEmptySubsequences: false)
    guard parts.count >= 2, OpenAPIFormat.date(String(parts[0])) != nil else { return false }
    let bytes = Array(parts[1].utf8)
    func isDigit(_ index: Int) -> Bool { index < bytes.count && bytes[index] &- 0x30 < 10 }
    func pair(_ index: Int) -> Int? {
      isDigit(index) && isDigit(index + 1) ? Int(bytes[index] - 0x30) * 10 + Int(bytes[index + 1] - 0x30) : nil
    }
    guard let hour = pair(0), bytes.count > 8, bytes[2] == 0x3A, let minute = pair(3), bytes[5] == 0x3A,
      let second = pair(6), hour <= 23, minute <= 59, second <= 59
    else { return false }
    func isZone(_ index: Int) -> Bool {
      if index == bytes.count - 1, bytes[index] == 0x7A { return true }
      return index == bytes.count - 6 && (bytes[index] == 0x2B || bytes[index] == 0x2D) && pair(index + 1) != nil
        && bytes[index + 3] == 0x3A && pair(index + 4) != nil
    }
    if isZone(8) { return true }
    // Any one character and digits.
    guard isDigit(9) else { return false }
    var index = 9
    while isDigit(index) { index += 1 }
    return index < bytes.count && isZone(index)
  }
}
