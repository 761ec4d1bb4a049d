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
      guard step.instruction == "RUN", let program = CommandText.interpreterOfDownload(step.arguments) else {
        return nil
      }
      return BuildMistake(
        "step \(number) pipes a download into \(program)", at: "step \(number)", value: "step \(number)",
        identity: "RUN \(step.arguments.prefix(200))")
    }
  }
}
