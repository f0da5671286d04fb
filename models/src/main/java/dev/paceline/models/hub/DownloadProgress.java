package dev.paceline.models.hub;

/** Is told how a download goes; calls for one file come in order, from one thread. */
public interface DownloadProgress {
  /** Says nothing. */
  DownloadProgress SILENT =
      new DownloadProgress() {
        @Override
        public void begin(String file, long totalBytes) {}

        @Override
        public void reached(long bytes) {}

        @Override
        public void end() {}
      };

  /**
   * A file's transfer begins.
   *
   * @param totalBytes its size, or −1 if unknown
   */
  void begin(String file, long totalBytes);

  /**
   * So many bytes of the file are here; may go back when a transfer starts over.
   *
   * @param bytes from the file's start, earlier runs included
   */
  void reached(long bytes);

  /** The transfer is over, completed or not. */
  void end();
}
