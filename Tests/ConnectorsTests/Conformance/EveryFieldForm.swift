import Foundation
import Testing

/// How many fields are tried: every field of every reply with `make fields`, some of them in the short form.
enum EveryFieldForm {
  private static let wanted = ProcessInfo.processInfo.environment["IDSYNC_EVERY_FIELD"]
  private static let forms = ProcessInfo.processInfo.environment["IDSYNC_EDIT_FORMS"]

  static let isLong = wanted != nil

  /// In the short form every edit of this number is tried.
  static let stride = 31

  /// Whether a source is tried: all are, or in the long form those that it names, with commas.
  static func includes(_ name: String) -> Bool {
    guard let wanted, wanted != "1" else { return true }
    return wanted.split(separator: ",").contains { $0 == name }
  }

  /// Whether a form of edits is tried: all are, or those that are named, with commas.
  static func includes(_ form: ReplyEdit.Form) -> Bool {
    guard let forms, !forms.isEmpty else { return true }
    return forms.split(separator: ",").contains { $0 == form.rawValue }
  }

  /// Whether everything is tried, so that what is known to fail has to be seen.
  static var isWhole: Bool { isLong && (forms ?? "").isEmpty }
}

extension Trait where Self == ConditionTrait {
  /// A campaign of minutes, part of `make fields`.
  ///
  /// ``ReplyEditTests`` is its short form.
  static var everyField: Self {
    .enabled(if: EveryFieldForm.isLong, "long form: make fields")
  }
}
