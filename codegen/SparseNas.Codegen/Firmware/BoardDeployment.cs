using SparseNas.Boards;

namespace SparseNas.Codegen.Firmware;

/// <summary>What a project needs to know about its board.</summary>
/// <param name="Target">The firmware's target name, such as <c>ESP32_C3</c>.</param>
/// <param name="Description">One line for people.</param>
/// <param name="Apis">Packages whose native part the board's firmware contains.</param>
/// <param name="SerialPort">The port that the application reads, such as <c>COM2</c>.</param>
/// <param name="DeploymentAddress">
/// Flash address of the deployment region, such as <c>0x08040000</c>; null where it is not known. Only flashing over JTAG or DFU needs it:
/// a running board states its own.
/// </param>
public sealed record BoardDeployment(string Target, string Description, IReadOnlyList<string> Apis, string SerialPort, string? DeploymentAddress = null)
{
    /// <summary>The package of serial ports.</summary>
    public const string SerialPortApi = "System.IO.Ports";

    /// <summary>The package that assigns pins to ports: firmware that has it has no pins for them by itself.</summary>
    public const string PinAssignmentApi = "nanoFramework.Hardware.Esp32";

    /// <summary>Whether a program has to lead the serial port to pins before it opens it.</summary>
    public bool AssignsPins => Apis.Contains(PinAssignmentApi, StringComparer.Ordinal);

    /// <summary>What a board's profile says.</summary>
    public static BoardDeployment Of(BoardProfile board) => new(board.Name, board.Description, board.Apis, board.SerialPort, board.DeploymentAddress);

    /// <summary>How the flashing tool reaches this board to install the firmware itself.</summary>
    public FlashConnection Connection => Target switch
    {
        _ when StartsWith("ESP32", "M5") => FlashConnection.Serial,
        _ when StartsWith("PICO") => FlashConnection.UsbDrive,
        _ when StartsWith("ST_") => FlashConnection.Jtag,
        _ when StartsWith("NETDUINO", "MBN_", "ORGPAL") => FlashConnection.Dfu,
        _ when StartsWith("SL_", "TI_") => FlashConnection.Probe,
        _ => FlashConnection.RunningBoard,
    };

    private bool StartsWith(params ReadOnlySpan<string> prefixes)
    {
        foreach (string prefix in prefixes)
        {
            if (Target.StartsWith(prefix, StringComparison.Ordinal)) return true;
        }

        return false;
    }
}

/// <summary>Ways in which <c>nanoff</c> installs firmware (README of nanoframework/nanoFirmwareFlasher).</summary>
public enum FlashConnection
{
    /// <summary>Through the chip's serial bootloader.</summary>
    Serial,

    /// <summary>As a file on the USB drive that the chip shows while BOOTSEL is held.</summary>
    UsbDrive,

    /// <summary>ST-LINK.</summary>
    Jtag,

    /// <summary>USB device firmware upgrade.</summary>
    Dfu,

    /// <summary>The debug probe on the board.</summary>
    Probe,

    /// <summary>Through firmware that already runs on it.</summary>
    RunningBoard,
}
