import Bytes

extension GoText {
  /// What `strconv.Atoi` says.
  static func badNumber(_ text: String) -> String { "strconv.Atoi: parsing \(quoted(text)): invalid syntax" }
}
