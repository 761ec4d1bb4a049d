/// How the parts of a question are called where it was asked, for messages.
package enum QuestionNaming: Sendable {
  /// As options of a command.
  case options
  /// As parameters of the HTTP API.
  case parameters

  /// Options that are called otherwise than the parameter.
  private static let renamed = ["sourceIP": "source-ip", "assignee": "to"]

  func name(_ option: String) -> String {
    switch self {
    case .options: "--" + (Self.renamed[option] ?? option)
    case .parameters: option == "count-by" ? "countBy" : option
    }
  }
}
