import Findings
import Images
import PodSecurity

struct PipesDownloadIntoShell: ImageCheck {
  let metadata = CheckMetadata(
    id: "image-pipes-download", title: "Download piped into a shell", severity: .medium,
    rationale: "Whoever can change the script, or the server that it comes from, runs commands in the build.",
    remediation: "Download to a file, verify its sum or signature, then run it.", benchmark: nil)
  let parts: Set<ImagePart> = [.steps]

  func examine(_ image: ReviewedImage) -> [BuildMistake] {
    image.steps.compactMap { number, step in
      guard step.instruction == "RUN" else { return nil }
      let words = step.arguments.replacing("|", with: " | ").split(whereSeparator: \.isWhitespace)
      var isDownloading = false
      for (index, word) in words.enumerated() {
        let name = word.split(separator: "/").last ?? word
        if ["curl", "wget"].contains(name) { isDownloading = true }
        if ["&&", ";"].contains(word) || word.hasSuffix(";") { isDownloading = false }
        guard isDownloading, word == "|" else { continue }
        let rest = words[(index + 1)...].drop { $0 == "sudo" || $0.hasPrefix("-") || $0.contains("=") || $0 == "env" }
        guard let program = rest.first?.split(separator: "/").last else { continue }
        if ["sh", "bash", "ash", "dash", "zsh", "python", "python3", "perl", "ruby", "node"].contains(program) {
          return BuildMistake(
            "step \(number) pipes a download into \(program)", at: "step \(number)",
            value: "step \(number)", identity: "RUN \(step.arguments.prefix(200))")
        }
      }
      return nil
    }
  }
}
