package dev.paceline.target.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServerMetricsTest {
  private static final long MS = 1_000_000;
  private final PrometheusPage page = new PrometheusPage();
  private final ServerMetrics metrics = new ServerMetrics(page.registry(), 4);

  @AfterEach
  void close() {
    page.close();
  }

  private double value(String series) {
    return page.render()
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElse(Double.NaN);
  }

  @Test
  void draftsAreCountedByPosition() {
    metrics.verified(4, 2);
    metrics.verified(3, 3);
    metrics.verified(6, 6);
    metrics.verified(0, 0);
    assertThat(value("paceline_spec_decode_num_drafts_total")).isEqualTo(3);
    assertThat(value("paceline_spec_decode_num_draft_tokens_total")).isEqualTo(13);
    assertThat(value("paceline_spec_decode_num_accepted_tokens_total")).isEqualTo(11);
    String perPosition = "paceline_spec_decode_num_accepted_tokens_per_pos_total{position=\"%d\"}";
    assertThat(value(String.format(perPosition, 0))).isEqualTo(3);
    assertThat(value(String.format(perPosition, 1))).isEqualTo(3);
    assertThat(value(String.format(perPosition, 2))).isEqualTo(2);
    assertThat(value(String.format(perPosition, 3))).isEqualTo(3);
  }

  @Test
  void histogramsHaveTheConventionalNamesAndResolveMilliseconds() {
    metrics.started(100, 60, 3 * MS);
    metrics.firstToken(20 * MS);
    metrics.tokens(4, 18 * MS);
    metrics.step(8, 7_500_000);
    metrics.finished("stop", 500 * MS);
    for (String name :
        new String[] {
          "time_to_first_token",
          "inter_token_latency",
          "e2e_request_latency",
          "request_queue_time",
          "step"
        }) {
      String series = "paceline_" + name + "_seconds";
      assertThat(value(series + "_count")).as(series).isPositive();
      assertThat(page.render())
          .as(series)
          .contains(series + "_bucket{le=\"0.001\"}", series + "_bucket{le=\"0.01\"}");
    }
    // 4.5 ms each: over 4 ms, within 5 ms.
    assertThat(value("paceline_inter_token_latency_seconds_bucket{le=\"0.004\"}")).isZero();
    assertThat(value("paceline_inter_token_latency_seconds_bucket{le=\"0.005\"}")).isEqualTo(4);
    assertThat(value("paceline_inter_token_latency_seconds_sum")).isEqualTo(0.018);
    assertThat(value("paceline_step_seconds_bucket{le=\"0.007\"}")).isZero();
    assertThat(value("paceline_step_seconds_bucket{le=\"0.008\"}")).isEqualTo(1);
    assertThat(value("paceline_step_rows_sum")).isEqualTo(8);
    assertThat(value("paceline_generation_tokens_total")).isEqualTo(5);
    assertThat(value("paceline_prefix_cache_queries_total")).isEqualTo(100);
    assertThat(value("paceline_prefix_cache_hits_total")).isEqualTo(60);
  }

  @Test
  void gaugesFollowTheState() {
    AtomicInteger running = new AtomicInteger(3);
    metrics.watch(running::get, () -> 2, () -> running.get() / 4.0);
    assertThat(value("paceline_num_requests_running")).isEqualTo(3);
    assertThat(value("paceline_num_requests_waiting")).isEqualTo(2);
    assertThat(value("paceline_kv_cache_usage_perc")).isEqualTo(0.75);
    running.set(4);
    assertThat(value("paceline_kv_cache_usage_perc")).isEqualTo(1);
  }

  @Test
  void endingsAndRefusalsAreLabelled() {
    metrics.finished("length", MS);
    metrics.refused("queue_full");
    metrics.refused("queue_full");
    assertThat(value("paceline_request_finished_total{reason=\"length\"}")).isEqualTo(1);
    assertThat(value("paceline_requests_refused_total{reason=\"queue_full\"}")).isEqualTo(2);
  }

  @Test
  void aTokenAllocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Runnable work =
        () -> {
          for (int i = 0; i < 10_000; i++) {
            metrics.step(8, 5 * MS);
            metrics.verified(4, 3);
            metrics.tokens(4, 9 * MS);
          }
        };
    work.run();
    work.run();
    long before = threads.getCurrentThreadAllocatedBytes();
    work.run();
    long perCall = (threads.getCurrentThreadAllocatedBytes() - before) / 10_000;
    assertThat(perCall).isLessThan(16);
  }

  @Test
  void theProcessIsOnThePageToo() {
    assertThat(page.render()).contains("jvm_memory_used_bytes", "process_files_open_files");
  }
}
