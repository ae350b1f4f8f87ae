// The members that firmware uses of nanoframework/nanoFramework.Hardware.Esp32 (579dbaf, Configuration.cs and DeviceTypePins.cs; Apache 2.0).
namespace nanoFramework.Hardware.Esp32;

public class Configuration
{
    public static extern void SetPinFunction(int pin, DeviceFunction value);
}

/// <summary>Of the device functions those of serial ports: type 3, the port's number, 0 for sending and 1 for receiving.</summary>
public enum DeviceFunction
{
    COM1_TX = 0x30100,
    COM1_RX = 0x30101,
    COM2_TX = 0x30200,
    COM2_RX = 0x30201,
    COM3_TX = 0x30300,
    COM3_RX = 0x30301,
    COM4_TX = 0x30400,
    COM4_RX = 0x30401,
}
