/// The version of the program, as `--version`, reports and the user agent name it.
public enum ToolVersion {
  /// The version.
  public static let text = "0.1.0"
}
