package dev.paceline.scheduler.mec;

/**
 * A phone m_i.
 *
 * @param type model of the phone
 * @param transmitDbm uplink power P_i
 * @param battery remaining level B_i in (0, 1]
 */
public record Device(DeviceType type, double transmitDbm, double battery) {
  /** Rejects a level outside (0, 1]. */
  public Device {
    if (!(battery > 0 && battery <= 1)) {
      throw new IllegalArgumentException("battery " + battery + " is not in (0, 1]");
    }
  }

  /** P_i in watt. */
  public double transmitWatt() {
    return Math.pow(10, transmitDbm / 10) / 1000;
  }

  /** This device after spending energy; never below one thousandth of a full battery. */
  public Device drained(double joules) {
    double left = battery - joules / (type.batteryWattHours() * 3600);
    return new Device(type, transmitDbm, Math.max(1e-3, left));
  }
}
