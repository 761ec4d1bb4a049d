import Report
import Transport

/// Options that meant something else before, and are taken in their old sense once more, with a line that says so. To be taken
/// out with the next version.
enum FormerOptions {
  /// Commands whose `-f` was `--format`, with the formats that they had.
  private static let formats: [(command: [String], formats: [OutputFormat])] = [
    (["scan"], ScanReport.formats), (["pss", "check"], PodSecurityCheckAnswer.formats),
    (["pss", "headroom"], PodSecurityHeadroomAnswer.formats), (["checks", "list"], CheckListAnswer.formats),
    (["image", "scan"], ImageScanReport.formats), (["image", "review"], ScanReport.formats),
    (["registry", "review"], ScanReport.formats),
  ]

  /// The command line as it is written now, and what is to be said of it.
  static func translated(_ arguments: [String]) -> (arguments: [String], notices: [String]) {
    if arguments.starts(with: ["image", "sbom"]) { return translatedType(arguments) }
    guard let own = formats.first(where: { arguments.starts(with: $0.command) })?.formats else {
      return (arguments, [])
    }
    var translated: [String] = []
    var notices: [String] = []
    var rest = arguments[...]
    while let word = rest.popFirst() {
      // What follows is no option.
      if word == "--" {
        translated += [word] + rest
        break
      }
      // A file of that name is what is meant today.
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

  /// `image sbom --type` is `--format`.
  private static func translatedType(_ arguments: [String]) -> (arguments: [String], notices: [String]) {
    guard let place = arguments.firstIndex(where: { $0 == "--type" || $0.hasPrefix("--type=") }) else {
      return (arguments, [])
    }
    var translated = arguments
    translated[place] = arguments[place].replacing("--type", with: "--format")
    return (translated, ["--type is --format from now on"])
  }
}
