internal import Foundation

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The files of a store, before SQLite sees them: looked at first, then made ours and nobody else's to read.
enum StoreFile {
  /// How a store can be opened.
  enum Access {
    /// It is written to.
    case writing
    /// It is only read, beside whoever writes to it.
    case reading
    /// It is only read, and nobody can be seen to write to it: without a log, as the file was then.
    case frozen(FileStamp)
  }

  /// What SQLite keeps beside a store.
  private static let companions = ["-wal", "-shm", "-journal"]

  // MARK: Paths

  /// The path as an absolute one, so that no working directory and no URI reading of SQLite can change it.
  ///
  /// A link is followed to a regular file of the user that this process runs as, and to nothing else.
  static func resolved(_ path: String) throws(StorageError) -> String {
    let path = URL(fileURLWithPath: path).standardizedFileURL.path
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return path }
    guard let target = realpath(path, nil) else {
      throw StorageError(
        .invalid,
        "The store \(path) is a link that leads nowhere. Remove it, or name its target as `store`.")
    }
    defer { free(target) }
    let name = String(cString: target)
    guard lstat(name, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid()
    else {
      throw StorageError(
        .invalid,
        "The store \(path) is a link to \(name), which is no regular file of the user idsync runs as. Nothing was"
          + " changed. Name the file itself as `store`.")
    }
    return name
  }

  private static func directory(of path: String) -> String {
    URL(fileURLWithPath: path).deletingLastPathComponent().path
  }

  // MARK: Opening

  /// Creates the file with mode 0600, or looks at what is there and tightens it, with its companions, to that.
  static func prepareForWriting(_ path: String) throws(StorageError) -> OpenStore {
    var status = stat()
    if lstat(path, &status) != 0 {
      guard errno == ENOENT else { throw failure(path, errno) }
      try create(path, in: directory(of: path))
    }
    let file = try OpenStore(path) { (descriptor) throws(StorageError) in
      try inspect(path, descriptor)
      try tighten(path, descriptor)
    }
    guard isWritable(path) else { throw .readOnly(path: path) }
    return file
  }

  /// Looks at a store that is to be read; one that this user could write to is opened like that, so that its log does
  /// not stay behind.
  static func prepareForReading(_ path: String) throws(StorageError) -> (OpenStore, Access) {
    var status = stat()
    guard lstat(path, &status) == 0 else { throw failure(path, errno) }
    if status.st_mode & 0o222 != 0, isWritable(path) {
      return (try prepareForWriting(path), .writing)
    }
    let file = try OpenStore(path) { (descriptor) throws(StorageError) in
      try inspect(path, descriptor)
    }
    let stamp = try FileStamp(path)
    return (file, stamp.hasLog ? .reading : .frozen(stamp))
  }

  /// Looks at what is there, if anything, and changes nothing.
  static func look(at path: String) throws(StorageError) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    _ = try OpenStore(path) { (descriptor) throws(StorageError) in try inspect(path, descriptor) }
  }

  private static func isWritable(_ path: String) -> Bool {
    access(path, R_OK | W_OK) == 0 && access(directory(of: path), W_OK | X_OK) == 0
  }

  /// Up to which size the store is worth a look for damage when it is opened: a few milliseconds after an orderly
  /// end, a second where a log was left behind.
  static func checkedBytes(_ path: String) -> Int64 {
    var status = stat()
    let hasLog = stat(path + "-wal", &status) == 0 && status.st_size > 0
    return hasLog ? 256 << 20 : 4 << 20
  }

  // MARK: Looking

  /// Refuses what is no store and has no right to become one, and companions that are not what SQLite makes.
  private static func inspect(_ path: String, _ descriptor: Int32) throws(StorageError) {
    try StoreHeader(descriptor, path).refuseForeign()
    for companion in companions.map({ path + $0 }) {
      var status = stat()
      guard lstat(companion, &status) == 0 else { continue }
      guard status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1 else {
        throw StorageError(
          .invalid,
          "\(companion) is a link, or no file at all, where SQLite keeps a part of the store. Nothing was changed."
            + " Find out who put it there, and remove it.")
      }
    }
  }

  private static func create(_ path: String, in directory: String) throws(StorageError) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    if descriptor >= 0 {
      close(descriptor)
      return
    }
    let reason = errno
    switch reason {
    case EEXIST: return
    case ENOENT, ENOTDIR:
      throw StorageError(
        .notFound,
        "There is no directory \(directory) for the store. Create it: mkdir -p \(directory)")
    case EACCES, EPERM, EROFS:
      throw StorageError(
        .readOnly,
        "The store \(path) cannot be created: \(directory) cannot be written to. Give the user idsync runs as"
          + " the right to write there, or name another place as `store`.")
    default: throw failure(path, reason)
    }
  }

  private static func tighten(_ path: String, _ descriptor: Int32) throws(StorageError) {
    try tighten(descriptor, named: path)
    for companion in companions.map({ path + $0 }) {
      let descriptor = open(companion, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      defer { close(descriptor) }
      try tighten(descriptor, named: companion)
    }
  }

  private static func tighten(_ descriptor: Int32, named path: String) throws(StorageError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & 0o077 != 0 else { return }
    guard fchmod(descriptor, 0o600) == 0 else {
      if errno == EROFS { throw .readOnly(path: path) }
      throw StorageError(
        .permissions,
        "Others may read \(path), and it belongs to another user. Let its owner run: chmod 600 \(path)"
      )
    }
  }

  /// Names what the system said about a file.
  static func failure(_ path: String, _ reason: Int32) -> StorageError {
    switch reason {
    case ENOSPC, EDQUOT: .diskFull(path: path)
    case EROFS: .readOnly(path: path)
    default:
      StorageError(
        .permissions,
        "The store \(path) cannot be opened (\(String(cString: strerror(reason)))). Its file and its directory"
          + " must belong to the user idsync runs as.")
    }
  }
}
