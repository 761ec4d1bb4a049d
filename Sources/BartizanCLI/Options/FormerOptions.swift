import Report
import Transport

/// Options with a former meaning, which are still accepted with a notice. To be removed in the next version.
enum FormerOptions {
  /// Commands whose `-f` was `--format`, with the formats that they had.
  private static let formats: [(command: [String], formats: [OutputFormat])] = [
    (["scan"], ScanReport.formats), (["pss", "check"], PodSecurityCheckAnswer.formats),
    (["pss", "headroom"], PodSecurityHeadroomAnswer.formats), (["checks", "list"], CheckListAnswer.formats),
    (["image", "scan"], ImageScanReport.formats), (["image", "review"], ScanReport.formats),
    (["registry", "review"], ScanReport.formats),
  ]

  /// The arguments in their current form, and the notices to print.
  static func translated(_ arguments: [String]) -> (arguments: [String], notices: [String]) {
    if arguments.starts(with: ["image", "sbom"]) { return translatedType(arguments) }
    guard let own = formats.first(where: { arguments.starts(with: $0.command) })?.formats else {
      return (arguments, [])
    }
    var translated: [String] = []
    var notices: [String] = []
    var rest = arguments[...]
    while let word = rest.popFirst() {
      // No options follow.
      if word == "--" {
        translated += [word] + rest
        break
      }
      // An existing file of that name is what the user means today.
      if word == "-f", let value = rest.first, let format = OutputFormat(rawValue: value), own.contains(format),
        !FilePaths.exists(value)
      {
        rest.removeFirst()
        translated += ["--format", value]
        notices.append("-f is --file from now on: write -o \(value) or --format \(value) instead of -f \(value)")
      } else {
        translated.append(word)
      }
    }
    return (translated, notices)
  }

  /// `image sbom --type` became `--format`.
  private static func translatedType(_ arguments: [String]) -> (arguments: [String], notices: [String]) {
    guard let place = arguments.firstIndex(where: { $0 == "--type" || $0.hasPrefix("--type=") }) else {
      return (arguments, [])
    }
    var translated = arguments
    translated[place] = arguments[place].replacing("--type", with: "--format")
    return (translated, ["--type is --format from now on"])
  }
}
