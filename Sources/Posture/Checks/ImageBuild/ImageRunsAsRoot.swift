import Findings
import Images
import PodSecurity

struct ImageRunsAsRoot: ImageCheck {
  let metadata = CheckMetadata(
    id: "image-runs-as-root", title: "Runs as root", severity: .medium,
    rationale:
      "Whoever takes over the process is root in the container, and nearer to the node. A Pod can ask for another user, and must then.",
    remediation: "Make a user in the build, and name it by its number: `USER 10001`.", benchmark: "4.1")
  let parts: Set<ImagePart> = [.configuration]

  func examine(_ image: ReviewedImage) -> [BuildMistake] {
    guard let configuration = image.configuration else { return [] }
    let user = configuration.user.split(separator: ":").first.map(String.init) ?? ""
    guard user.isEmpty || user == "root" || Int(user) == 0 else { return [] }
    return [
      BuildMistake(
        user.isEmpty ? "it names no user: its first process is root" : "its user is \(configuration.user)", at: "USER",
        value: configuration.user)
    ]
  }
}
