namespace SparseNas.Simulator.Loading;

/// <summary>
/// Which of the device's packages beside the core library have a type that the simulator does not model, so that a fault can say where it is.
/// Namespaces and types as in the repositories under github.com/nanoframework, July 2026.
/// </summary>
internal static class DevicePackages
{
    /// <summary>A whole type, or a namespace when it ends with a dot; the first that fits counts.</summary>
    private static readonly (string Start, string Package)[] s_known =
    [
        ("System.Math", "nanoFramework.System.Math"),
        ("System.Text.", "nanoFramework.System.Text"),
        ("System.Collections.Hashtable", "nanoFramework.System.Collections"),
        ("System.Collections.Queue", "nanoFramework.System.Collections"),
        ("System.Collections.Stack", "nanoFramework.System.Collections"),
        ("System.Collections.DictionaryEntry", "nanoFramework.System.Collections"),
        ("System.IO.Ports.", "nanoFramework.System.IO.Ports"),
        ("System.IO.Stream", "nanoFramework.System.IO.Streams"),
        ("System.IO.MemoryStream", "nanoFramework.System.IO.Streams"),
        ("System.IO.", "nanoFramework.System.IO.FileSystem"),
        ("System.Device.Gpio.", "nanoFramework.System.Device.Gpio"),
        ("System.Device.I2c.", "nanoFramework.System.Device.I2c"),
        ("System.Device.Spi.", "nanoFramework.System.Device.Spi"),
        ("System.Device.Adc.", "nanoFramework.System.Device.Adc"),
        ("System.Device.Pwm.", "nanoFramework.System.Device.Pwm"),
        ("System.Net.", "nanoFramework.System.Net"),
        ("nanoFramework.Runtime.Events.", "nanoFramework.Runtime.Events"),
        ("nanoFramework.Runtime.Native.", "nanoFramework.Runtime.Native"),
        ("nanoFramework.Hardware.Esp32.", "nanoFramework.Hardware.Esp32"),
    ];

    /// <summary>The package with a type; null when no known one has it.</summary>
    public static string? Of(string type) => Array.Find(s_known, known => known.Start.EndsWith('.') ? type.StartsWith(known.Start, StringComparison.Ordinal) : type == known.Start).Package;
}
