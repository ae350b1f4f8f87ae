using System.Globalization;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Emission;

namespace SparseNas.Codegen.Firmware.Application;

/// <summary><c>Wiring.cs</c>: which serial port the application reads, the one thing of it that depends on the board.</summary>
internal static class WiringSource
{
    /// <summary>
    /// Pins that every chip of the ESP32 family has free on common boards, and that nanoframework/Samples uses for this port
    /// (samples/SerialCommunication, 121ef044).
    /// </summary>
    private const int TransmitPin = 4, ReceivePin = 5;

    /// <summary>Its name; only applications that read a serial port have it.</summary>
    public const string FileName = "Wiring.cs";

    /// <summary>The file for a board.</summary>
    public static SourceFile For(BoardDeployment board)
    {
        string[] lines =
        [
            "using System.IO.Ports;",
            .. board.AssignsPins ? ["using nanoFramework.Hardware.Esp32;"] : Array.Empty<string>(),
            "",
            "namespace SparseNas.Device",
            "{",
            "    /// <summary>How the sensor reaches the board: change it as yours is wired. The console's own port only writes.</summary>",
            "    public static class Wiring",
            "    {",
            $"        private const string PortName = {SafeText.Literal(board.SerialPort)};",
            "        private const int BaudRate = 115200;",
            "        private const int LeastBufferBytes = 256;",
            .. board.AssignsPins ? Pins : [],
            "",
            "        /// <summary>The open port, with room for bytes that arrive while the model computes.</summary>",
            "        public static SerialPort Open(int bufferBytes)",
            "        {",
            .. board.AssignsPins ? Assignment(board.SerialPort) : [],
            "            SerialPort port = new SerialPort(PortName, BaudRate);",
            "            port.ReadBufferSize = bufferBytes > LeastBufferBytes ? bufferBytes : LeastBufferBytes;",
            "            port.Open();",
            "            return port;",
            "        }",
            "    }",
            "}",
            "",
        ];
        return new SourceFile(FileName, string.Join('\n', lines));
    }

    private static IEnumerable<string> Pins =>
    [
        string.Create(CultureInfo.InvariantCulture, $"        private const int TransmitPin = {TransmitPin};"),
        string.Create(CultureInfo.InvariantCulture, $"        private const int ReceivePin = {ReceivePin};"),
    ];

    private static IEnumerable<string> Assignment(string port) =>
    [
        "            // The chip can lead a port to almost any pin, and has to be told before the port opens.",
        $"            Configuration.SetPinFunction(TransmitPin, DeviceFunction.{port}_TX);",
        $"            Configuration.SetPinFunction(ReceivePin, DeviceFunction.{port}_RX);",
        "",
    ];
}
